"""Documents as they come, taken in by the real way in: what is claimed, and what waits."""
