"""The chat page: the sandbox's Discord in a browser, for people who have no account anywhere."""
