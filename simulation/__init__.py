"""A recorded night served as live feeds, and a Discord on loopback to show it in."""
