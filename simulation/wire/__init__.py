"""A recorded night served as live feeds over HTTP, at any speed, with the wire's usual faults."""
