"""Democracy Club: its ballots, its statements about winners, and the feed of each."""
