"""Who is told of a claim, in which message, and how that gets to Discord exactly once."""
