"""The Discord client: its connection, and how commands, buttons and questions are answered."""
