"""`/night`: the summary, the changes of hands, the latest results and what declares next."""

from __future__ import annotations

from datetime import date
from typing import Unpack

from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.night import CHANGES, changes_card, latest_card, next_card
from bot.cards.summary import headline_card, summary_cards
from bot.chat.client import ElectionNight
from bot.chat.commands import Option, everywhere, look_up
from bot.chat.lookups import lens_named, options_of, party_named
from bot.chat.options import Filters, Night, OneParty, Place
from bot.chat.questions import Answer, question_of
from bot.election.control import Outcome
from bot.pictures.night import picture_through
from bot.wording.night import NightView
from cogs.night._pictures import PicturesOfTheNight, to_look_at

_KINDS = {
    "changes of hands": ("changes", CHANGES),
    "gained from another party": ("gain", {Outcome.GAIN}),
    "gained from no overall control": ("noc-gain", {Outcome.GAIN_FROM_NOC}),
    "lost to no overall control": ("noc-loss", {Outcome.LOSS_TO_NOC}),
    "first elections": ("first", {Outcome.FIRST_ELECTION}),
    "control before not known": ("unknown", {Outcome.BEFORE_NOT_KNOWN}),
    "held": ("hold", {Outcome.HOLD}),
    "stays under no overall control": ("noc-stay", {Outcome.STAYS_NOC}),
    "every result": ("all", set(Outcome)),
}
"""By label: the value of the option, and the outcomes."""
_OUTCOMES = dict(_KINDS.values())
KindOfChange = Transform[
    str,
    Option(
        "Which results; changes of hands if left out",
        choices={kind: code for kind, (code, _) in _KINDS.items()},
    ),
]


@everywhere
class NightCog(PicturesOfTheNight, commands.GroupCog, name="Night", group_name="night"):
    """The night as a whole."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @look_up()
    async def headline(self, *, night: Night | None = None, **filters: Unpack[Filters]) -> Answer:
        """What is happening, in a few sentences: the biggest stories so far."""
        on = self.services.night(night)
        view = self._view(on, **filters)
        shown = headline_card(view, notes=self.services.reader.desk_notes(on))
        question = question_of("night headline", on, **options_of(view.lens))
        return Answer(question, (shown,), suggestions=to_look_at(on, view.lens))

    @look_up()
    async def summary(self, *, night: Night | None = None, **filters: Unpack[Filters]) -> Answer:
        """The state of the night: who gained, who lost, seats and councils by party."""
        on, reader = self.services.night(night), self.services.reader
        view = self._view(on, **filters)
        cards = summary_cards(
            view,
            reconciled=self.services.is_reconciled(on),
            notes=reader.desk_notes(on),
            paused=reader.desk_pause() is not None,
        )
        return Answer(
            question_of("night summary", on, **options_of(view.lens)),
            cards,
            suggestions=to_look_at(on, view.lens),
            compose=lambda: picture_through(view),
        )

    @look_up(party="Only this party's gains and losses")
    async def changes(
        self,
        *,
        party: OneParty | None = None,
        kind: KindOfChange | None = None,
        night: Night | None = None,
        page: int = 1,
        **place: Unpack[Place],
    ) -> Answer:
        """The councils that changed hands, newest first."""
        on = self.services.night(night)
        view = self._view(on, **place)
        whose = None if party is None else party_named(view.almanac, party)
        outcomes = _OUTCOMES[kind] if kind else CHANGES
        shown = changes_card(view, party=whose, outcomes=outcomes, page=page)
        code = whose.code if whose else None
        question = question_of("night changes", on, party=code, kind=kind, **options_of(view.lens))
        return Answer.of_page(question, shown)

    @look_up()
    async def latest(
        self, *, night: Night | None = None, page: int = 1, **place: Unpack[Place]
    ) -> Answer:
        """Every result so far, newest first."""
        on = self.services.night(night)
        view = self._view(on, **place)
        shown = latest_card(view, page=page)
        return Answer.of_page(question_of("night latest", on, **options_of(view.lens)), shown)

    @look_up(name="next")
    async def next_(
        self, *, night: Night | None = None, page: int = 1, **place: Unpack[Place]
    ) -> Answer:
        """The timetable: what is still to declare, what is late, when each nation counts."""
        on = self.services.night(night)
        view = self._view(on, **place)
        shown = next_card(view, page=page)
        return Answer.of_page(question_of("night next", on, **options_of(view.lens)), shown)

    def _view(self, on: date, **given: str | None) -> NightView:
        """Return the night, through the lens that the options ask for."""
        return self.services.view_of(on, lens_named(self.services, on, **given))
