"""`/night map` and `/night chart`: pictures of the night, with the same in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Unpack

from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.card import Card, no_picture_card, picture_card
from bot.chat.commands import Option, look_up
from bot.chat.lookups import lens_named, options_of, places
from bot.chat.options import CouncilsPlace, Night
from bot.chat.questions import Answer, CannotAnswer, Compose, Question, question_of
from bot.chat.services import Services
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.pictures.flows import councils_flow_picture, seats_flow_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.night import gains_picture, state_picture
from bot.pictures.picture import Picture, in_place
from bot.pictures.progress import progress_picture
from bot.pictures.timeline import timeline_picture
from bot.wording.night import NightView
from bot.wording.phrases import name_of

_STATE, _GAINS, _COUNCILS, _TAKEN, _HOURS, _PROGRESS = (
    "state of the parties",
    "gains and losses",
    "councils won from whom",
    "seats won from whom",
    "hour by hour",
    "progress of the count",
)
_WAITS_FOR = {
    _STATE: "No council has declared yet.",
    _GAINS: "No party is known to have gained or lost a council or seat yet.",
    _COUNCILS: "No council has changed hands yet.",
    _TAKEN: "Too few results say so far who took seats from whom.",
    _HOURS: "Too few councils have declared to draw this yet.",
    _PROGRESS: "No council is known to vote on this night.",
}
_NEVER_HAD = {
    _GAINS: "No party is known to have gained or lost a council or seat.",
    _COUNCILS: "No council changed hands.",
    _TAKEN: "Too few results say who took seats from whom.",
    _HOURS: "Too few councils declared at different times with changes to compare.",
}
"""What is said in place of the above when all have declared."""
_DRAWN: Mapping[str, Callable[[NightView], Picture | None]] = {
    _STATE: state_picture,
    _GAINS: gains_picture,
    _COUNCILS: councils_flow_picture,
    _TAKEN: seats_flow_picture,
    _HOURS: timeline_picture,
    _PROGRESS: progress_picture,
}
_WHAT_NEXT = "What declares next: `/night next`."

KindOfChart = Transform[
    str,
    Option(
        "What to draw; the state of the parties if left out",
        choices={kind: kind for kind in _WAITS_FOR},
    ),
]


_LARGE = "large"
_OPEN_IT = "Open the picture to see every name"

MapSize = Transform[
    str, Option("Large, with every council's name", choices={f"{_LARGE}, with all names": _LARGE})
]


def map_question(on: date, lens: Lens = WHOLE_NIGHT, size: str | None = None) -> Question:
    """Return the question for the map of a *lens*'s place, in a *size*."""
    return question_of("night map", on, size=size, **options_of(lens))


def chart_question(on: date, kind: str = _STATE, lens: Lens = WHOLE_NIGHT) -> Question:
    """Return the question for a chart of a *lens*'s place."""
    return question_of("night chart", on, kind=kind, **options_of(lens))


_BESIDE_THE_MAP = 4
"""Charts that have room for their buttons beside that of the other map."""


def _charts(on: date, lens: Lens, beside: str = "") -> tuple[tuple[str, Question], ...]:
    """Return charts of a *lens*'s place as suggestions, as many as have room *beside* one."""
    kinds = [kind for kind in _WAITS_FOR if kind != _TAKEN]
    if beside in (_COUNCILS, _TAKEN):
        kinds = [_COUNCILS, _TAKEN, _STATE, _HOURS, _PROGRESS]
    return tuple(
        (kind.capitalize(), chart_question(on, kind, lens))
        for kind in kinds
        if kind != beside and (kind != _PROGRESS or lens.is_whole_night)
    )


def to_look_at(on: date, lens: Lens) -> tuple[tuple[str, Question], ...]:
    """Return the map and the chart for a *lens*, as suggestions."""
    place = Lens(nation=lens.nation, region=lens.region)
    return (("Map", map_question(on, place)), ("Chart", chart_question(on, lens=place)))


def _nothing_drawn(kind: str, view: NightView) -> Card:
    """Return the answer where a chart cannot be drawn: what it waits for, or why it never comes."""
    if kind == _HOURS and len(view.councils) == 1:
        only = f"Only {name_of(view.councils[0].council)} votes, and it compares two councils."
        return no_picture_card(in_place(view, only), view.now, view.feeds)
    if view.state.is_complete:
        reason = in_place(view, _NEVER_HAD.get(kind, _WAITS_FOR[kind]))
        return no_picture_card(reason, view.now, view.feeds)
    reason = f"{in_place(view, _WAITS_FOR[kind])} {_WHAT_NEXT}"
    return no_picture_card(reason, view.now, view.feeds, yet=True)


class PicturesOfTheNight(commands.Cog):
    """The commands of the group `/night` that answer with a picture."""

    services: Services

    @look_up(name="map")
    async def map_(
        self,
        *,
        size: MapSize | None = None,
        night: Night | None = None,
        **place: Unpack[CouncilsPlace],
    ) -> Answer:
        """The map: every council in the colour of who controls it, and of who lost it tonight."""
        on = self.services.night(night)
        lens = lens_named(self.services, on, **place)
        view = self.services.view_of(on, lens)
        lenses = [Lens(nation=name) for name in places(self.services, on, "nation")]
        lenses += [Lens(region=name) for name in places(self.services, on, "region")]
        menu = (
            ("All councils", map_question(on)),
            *((one.nation or one.region or "", map_question(on, one)) for one in lenses),
        )
        large = size == _LARGE
        other = ("Map", None) if large else ("Large map", _LARGE)
        return await _drawn(
            map_question(on, lens, size),
            view,
            lambda: map_picture(view, large=large),
            lambda: no_picture_card("The map does not have this place.", view.now, view.feeds),
            hint=_OPEN_IT if large else "",
            suggestions=(
                (other[0], map_question(on, lens, other[1])),
                *_charts(on, lens)[:_BESIDE_THE_MAP],
            ),
            menu=menu,
        )

    @look_up()
    async def chart(
        self,
        *,
        kind: KindOfChart | None = None,
        night: Night | None = None,
        **place: Unpack[CouncilsPlace],
    ) -> Answer:
        """The parties' councils and seats, who took what from whom, hour by hour, the count."""
        on = self.services.night(night)
        lens = lens_named(self.services, on, **place)
        view = self.services.view_of(on, lens)
        kind = kind or _STATE
        if kind == _PROGRESS and not lens.is_whole_night:
            raise CannotAnswer("Progress of the count shows every region. Leave out the place.")
        draw = _DRAWN[kind]
        answer = await _drawn(
            chart_question(on, kind, lens),
            view,
            lambda: draw(view),
            lambda: _nothing_drawn(kind, view),
            suggestions=(*_charts(on, lens, kind), ("Map", map_question(on, lens))),
        )
        return replace(answer, in_parts=kind != _PROGRESS)


async def _drawn(
    question: Question,
    view: NightView,
    compose: Compose,
    if_nothing: Callable[[], Card],
    *,
    hint: str = "",
    suggestions: tuple[tuple[str, Question], ...],
    menu: tuple[tuple[str, Question], ...] = (),
) -> Answer:
    """Return a picture as an answer, whose words say the same."""
    # Measuring text takes a moment, so it is done in a thread.
    picture: Picture | None = await asyncio.to_thread(compose)
    if picture is None:
        return Answer(question, (if_nothing(),), suggestions=suggestions, menu=menu)
    card = picture_card(picture, view.now, view.feeds)
    if hint:
        card = replace(card, footer=f"{hint} · {card.footer}")
    return Answer(
        question,
        (card,),
        suggestions=suggestions,
        menu=menu,
        compose=lambda: picture,
        only_drawn=True,
    )
