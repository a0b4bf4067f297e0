"""What is known before a night: the shipped tables, read into typed rows."""
