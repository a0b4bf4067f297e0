"""Who hears of a claim, in which message, and how it gets to Discord exactly once."""
