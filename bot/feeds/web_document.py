"""One document at one address that is replaced whenever something changes."""

from __future__ import annotations

from functools import partial
from typing import cast

from yarl import URL

from bot.clock import Clock
from bot.election.reports import Reading
from bot.feeds.feed import Fetch, State, beside_the_loop
from bot.feeds.hints import UNSAID, Hints
from bot.feeds.http import PoliteClient, Validators
from bot.feeds.reading import read


class WebDocument:
    """A feed that is one document: a council's Modern.Gov, a desk sheet, an `ElectionReport`.

    *known* is what the document does not say of itself. *twice* is for formats without a revision:
    what is found unchanged at the next look is delivered once more, as the confirmation that a
    claim from it needs, and then not again until it changes.
    """

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
        self.name = name
        self._url = URL(url)
        self._client = client
        self._clock = clock
        self._known = known
        self._twice = twice

    async def fetch(self, state: State) -> Fetch:
        """Return the document if it is new, or is to be confirmed; raises `FeedUnavailable`."""
        owed = bool(state.get("owed"))
        # What is still owed is asked for without condition: its bytes are delivered once more.
        validators = Validators() if owed else Validators.from_state(state.get("validators"))
        answer = await self._client.get(self._url, validators)
        if answer.body is None:
            return Fetch(self.name, (), state, trouble=answer.trouble)
        reading = await beside_the_loop(answer.body, self._read)
        unchanged = reading.sha256 == cast("str | None", state.get("sha256"))
        return Fetch(
            self.name,
            () if unchanged and not owed else (reading,),
            {
                "sha256": reading.sha256,
                "owed": self._twice and bool(reading.reports) and not unchanged,
                "validators": answer.validators.to_state(),
            },
            trouble=answer.trouble,
        )

    def _read(self, body: bytes) -> Reading:
        take = partial(read, known=self._known, max_bytes=self._client.max_bytes)
        return take(self.name, self._url.name or self.name, body, self._clock.now())
