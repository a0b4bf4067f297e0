"""A feed whose state holds only as long as it is asked at the same address."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bot.feeds.feed import Feed, Fetch, State


class Addressed:
    """A *feed* that begins anew where *address* is not the one that its state is of.

    Feeds are named by their place among the settings, so that another address may come under an
    old name: by the ETag and the date of the former it would answer that nothing is new.
    """

    def __init__(self, feed: Feed, address: str) -> None:
        self._feed = feed
        # An address may hold a key, which is nobody's business where the state is kept.
        self._address = hashlib.sha256(address.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What the feed is called."""
        return self._feed.name

    async def fetch(self, state: State) -> Fetch:
        """Return what is new since *state* at this address; raises `FeedUnavailable`."""
        known = state if state.get("address") == self._address else {}
        fetch = await self._feed.fetch(known)
        return replace(fetch, state={**fetch.state, "address": self._address})
