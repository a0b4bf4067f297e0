"""What becomes due as a night goes on, and the loop that runs it."""
