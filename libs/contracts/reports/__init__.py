"""Commands and events of the reports service: reports, cases, clarifications."""
