"""A feed that is one document at one address, replaced whenever something changes."""

from __future__ import annotations

from bot.clock import Clock
from bot.feeds.feed import Fetch, Remembered, State, Validators
from bot.feeds.hints import UNSAID, Hints
from bot.feeds.http import PoliteClient, WebFeed


class _State(Remembered):
    sha256: str = ""
    owed: bool = False
    validators: Validators = Validators()


class WebDocument(WebFeed):
    """A feed that is one document: a council's Modern.Gov, a desk sheet, an `ElectionReport`.

    *known* is what the document does not say of itself. *twice* is for formats without a revision:
    a document that the next fetch finds unchanged is delivered once more, which is the confirmation
    that a claim from it needs, and then not again until it changes.
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
        super().__init__(name, url, client, clock)
        self._known = known
        self._twice = twice

    async def fetch(self, state: State) -> Fetch:
        """Return the document if it is new, or is to be confirmed; raises `FeedUnavailable`."""
        known = _State.model_validate(state)
        # A second delivery needs the body, so the request is unconditional.
        validators = Validators() if known.owed else known.validators
        answer = await self._client.get(self._url, validators)
        if answer.body is None:
            return Fetch(self.name, (), state, trouble=answer.trouble)
        reading = await self._read(answer.body, self._url.name or self.name, self._known)
        unchanged = reading.sha256 == known.sha256
        owed = self._twice and bool(reading.reports) and not unchanged
        fresh = _State(sha256=reading.sha256, owed=owed, validators=answer.validators)
        return Fetch(
            self.name,
            () if unchanged and not known.owed else (reading,),
            fresh.as_state(),
            trouble=answer.trouble,
        )
