"""Mail that people write to an office: read from its mailbox, and taken into a report's thread or a conversation."""
