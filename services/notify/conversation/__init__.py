"""A chat with one person at the office's own number: what they said, our turns, and the report that comes of it."""
