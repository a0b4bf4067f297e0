"""Election Night: a Discord bot that follows a UK election night."""
