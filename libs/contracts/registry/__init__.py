"""Commands and events of the registry service: tenants, agencies, officers, partners, account holds."""
