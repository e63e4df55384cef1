"""The ways out: e-mail by SMTP, and WhatsApp by an officer's hand."""
