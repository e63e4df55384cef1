"""What messaging providers send and take: their wire formats, read and written, without any I/O."""
