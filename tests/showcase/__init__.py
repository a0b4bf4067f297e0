"""The pictures that the README shows, made of the replayed night: `make pictures`."""
