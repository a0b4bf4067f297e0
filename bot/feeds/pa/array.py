"""PA's documents as one array of JSON at one address, each a reading of its own."""

from __future__ import annotations

import hashlib
import json
from functools import partial

from bot.election.reports import Reading
from bot.feeds import safe_json
from bot.feeds.faults import DocumentFault
from bot.feeds.feed import Fetch, Remembered, State, Validators, off_the_loop
from bot.feeds.http import WebFeed
from bot.feeds.reading import read


class _State(Remembered):
    array: Validators = Validators()
    seen: tuple[str, ...] = ()


class JsonArray(WebFeed):
    """PA's array of documents over HTTP."""

    async def fetch(self, state: State) -> Fetch:
        """Return the documents that the array did not have before; raises `FeedUnavailable`."""
        known = _State.model_validate(state)
        answer = await self._client.get(self._url, known.array)
        if answer.body is None:
            return Fetch(self.name, (), state, trouble=answer.trouble)
        readings, seen = await off_the_loop(answer.body, partial(self._news, frozenset(known.seen)))
        fresh = _State(array=answer.validators, seen=tuple(sorted(seen)))
        return Fetch(self.name, readings, fresh.as_state(), trouble=answer.trouble)

    def _news(
        self, seen: frozenset[str], body: bytes
    ) -> tuple[tuple[Reading, ...], frozenset[str]]:
        """Return the readings of the documents not *seen* before, and what has been seen now."""
        documents = _split(body)
        if documents is None:
            # A broken response does not make us forget what was seen before it.
            named, kept = {_hash(body): (self._url.name, body)}, seen
        else:
            named, kept = {}, frozenset[str]()
            for number, document in enumerate(documents, start=1):
                named.setdefault(_hash(document), (f"{self._url.name} #{number}", document))
        max_bytes = self._client.max_bytes
        readings = tuple(
            read(self.name, name, document, self._clock.now(), max_bytes=max_bytes)
            for sha256, (name, document) in named.items()
            if sha256 not in seen
        )
        return readings, kept | named.keys()


def _hash(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()[:16]


def _split(body: bytes) -> list[bytes] | None:
    """Return each document of an array as JSON of its own, None for what is no array."""
    try:
        value = safe_json.parse(body)
    except DocumentFault:
        return None
    if not isinstance(value, list):
        return None
    return [json.dumps(document, separators=(",", ":")).encode() for document in value]
