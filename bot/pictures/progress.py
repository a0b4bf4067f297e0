"""How far the count is: the councils that have declared in each nation and region."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.figures import declared_of
from bot.cards.text import escape, plain, shortened
from bot.cards.words import in_words, number, sentence_case
from bot.election.almanac import Almanac
from bot.election.standings import CouncilStanding
from bot.election.tally import StateOfParties, all_are_known, by_region, state_of_night
from bot.pictures.canvas import MARGIN, RIGHT, SMALL, Canvas
from bot.pictures.colours import EDGE, FAINT, FILLED, PAPER
from bot.pictures.lettering import Weight
from bot.pictures.palette import LONGEST_NAME
from bot.pictures.picture import Picture
from bot.pictures.words import night_and_sources

_ROW, _BAR = 84, 28
_MOST_PLACES = 14


def progress_picture(standings: Sequence[CouncilStanding], almanac: Almanac) -> Picture | None:
    """Return how many councils of each region have declared.

    None where none votes, or which do is not known.
    """
    if not standings or not all_are_known(standings, almanac):
        return None
    state = state_of_night(standings, almanac)
    places = sorted(by_region(standings).items(), key=lambda item: _share(item[1]))
    shown = [(_name(name), each.declared, each.total) for name, each in places[:_MOST_PLACES]]
    if rest := [each for _, each in places[_MOST_PLACES:]]:
        declared, total = sum(one.declared for one in rest), sum(one.total for one in rest)
        shown.append((f"{number(len(rest))} more places", declared, total))
    canvas = Canvas()
    title = "How far the count is"
    y = canvas.head(title, f"{sentence_case(declared_of(state))}.") + 24
    room = RIGHT - MARGIN - 210
    told = []
    for name, declared, total in shown:
        canvas.text((MARGIN, y + 22), name, size=SMALL, room=room, fill=FAINT)
        canvas.rect((MARGIN, y + 34), room, _BAR, PAPER, stroke=EDGE)
        if declared:
            canvas.rect((MARGIN, y + 34), room * declared / total, _BAR, FILLED, stroke=FILLED)
        words = f"{number(declared)} of {number(total)}"
        canvas.text((RIGHT, y + 60), words, weight=Weight.BOLD, anchor="end")
        told.append(f"{name} {words}")
        y += _ROW
    small_print = "Councils that have declared, of all that vote there."
    height = canvas.foot(y, small_print, source=night_and_sources(standings))
    return canvas.finished("progress", height, f"{title}: {declared_of(state)}. {in_words(told)}.")


def _share(state: StateOfParties) -> float:
    return -state.declared / state.total


def _name(place: str) -> str:
    return shortened(plain(escape(place)), LONGEST_NAME) or "Region not known"
