"""A feed that is one document at one address, replaced whenever something changes."""

from __future__ import annotations

import hashlib
from functools import partial

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds.feed import Fetch, Remembered, State, Validators, off_the_loop
from bot.feeds.formats import read
from bot.feeds.hints import UNSAID, Hints
from bot.feeds.http import PoliteClient, WebFeed


class _State(Remembered):
    """`seen` are short hashes of what was delivered; `owed`, that it is to be delivered again."""

    seen: tuple[str, ...] = ()
    owed: bool = False
    validators: Validators = Validators()


class WebDocument(WebFeed):
    """A feed that is one document: a council's Modern.Gov, a desk sheet, an `ElectionReport`.

    *known* is what the document does not say of itself. *twice* is for formats without a revision:
    a document that the next fetch finds unchanged is delivered once more, which is the confirmation
    that a claim from it needs, and then not again until it changes.
    """

    holds_several = False

    def __init__(
        self,
        name: str,
        url: str,
        client: PoliteClient,
        clock: Clock,
        *,
        known: Hints = UNSAID,
        twice: bool = False,
    ) -> None:
        super().__init__(name, url, client, clock)
        self._known = known
        self._twice = twice

    async def fetch(self, state: State) -> Fetch:
        """Return what is new, or is to be confirmed; raises `FeedUnavailable`."""
        known = _State.model_validate(state)
        # A second delivery needs the body, so the request is unconditional.
        validators = Validators() if known.owed else known.validators
        answer = await self._client.get(self._url, validators)
        if answer.body is None:
            return Fetch(self.name, (), state, trouble=answer.trouble)
        readings, seen = await off_the_loop(answer.body, partial(self._news, known))
        is_new = not known.seen or not {*seen} <= {*known.seen}
        owed = self._twice and is_new and any(reading.reports for reading in readings)
        fresh = _State(seen=seen, owed=owed, validators=answer.validators)
        return Fetch(self.name, readings, fresh.as_state(), trouble=answer.trouble)

    def _news(self, known: _State, body: bytes) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
        """Return the readings of what was not seen, or is owed, and what is to be remembered."""
        name, now = self._url.name or self.name, self._clock.now()
        take = partial(read, self.name, known=self._known, max_bytes=self._client.max_bytes)
        parts = self._parts(body)
        named: dict[str, tuple[str, bytes]] = {}
        for number, part in enumerate(parts or [], start=1):
            named.setdefault(_hash(part), (f"{name} #{number}", part))
        kept: tuple[str, ...] = ()
        if parts is None:
            named[_hash(body)] = name, body
            # A broken array does not make us forget what was seen before it.
            kept = known.seen if self.holds_several else ()
        readings = tuple(
            take(called, document, now)
            for key, (called, document) in named.items()
            if known.owed or key not in known.seen
        )
        return readings, tuple(sorted({*kept, *named}))

    def _parts(self, body: bytes) -> list[bytes] | None:
        """Return the documents of a body that holds several, None where it is a single one."""
        return None


def _hash(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()[:16]
