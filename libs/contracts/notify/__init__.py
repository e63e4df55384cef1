"""Commands and events of the notify service: subjects and their followers, bulletins, deliveries, assignments."""
