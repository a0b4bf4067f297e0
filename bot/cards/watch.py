"""Watch lists as readers see them: how each council stands, and why it is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.card import Page, page_of
from bot.election.almanac import Almanac
from bot.election.claims import ClaimContent
from bot.election.councils import Council
from bot.election.standings import CouncilStanding
from bot.wording.councils import outcome_sentence
from bot.wording.phrases import count, expected_words, holder_of, name_of, number, sentence_case
from bot.wording.sources import FeedAges, as_of
from bot.wording.text import escape


def list_card(
    name: str,
    councils: Sequence[tuple[Council, CouncilStanding | None]],
    why: Mapping[str, str],
    almanac: Almanac,
    now: datetime,
    *,
    about: str = "",
    shared: str | None = None,
    page: int = 1,
    feeds: FeedAges | None = None,
    known: bool = True,
) -> Page:
    """Return how the councils of a list stand; *why* says why one is watched, by its code.

    A council that does not vote on the night comes with no standing; where it is not *known* which
    councils do, nothing has come in for it.
    """
    voting = [one for _, one in councils if one is not None]
    declared = sum(one.is_declared for one in voting)
    title = f"{escape(name)}: {number(declared)} of {count(len(voting), 'council')} declared"
    lines = [
        _line(council, one, almanac, now, known=known) + _because(why.get(council.code, ""))
        for council, one in councils
    ]
    if about:
        lines.insert(0, escape(about, 300))
    footer = as_of(now, feeds, voting)
    if shared:
        footer = f"Others find it by {shared} · {footer}"
    return page_of(title, lines, page, empty="No council is on it yet.", footer=footer)


def _line(
    council: Council,
    standing: CouncilStanding | None,
    almanac: Almanac,
    now: datetime,
    *,
    known: bool,
) -> str:
    if standing is None and not known:
        return f"**{name_of(council)}**: nothing has come in."
    if standing is None:
        return f"**{name_of(council)}** has no council election on this night."
    declared = standing.declared
    if declared is not None:
        content = ClaimContent(standing.before, declared.after, declared.outcome)
        sentence = outcome_sentence(council, content, almanac.parties, declared.now)
        return f"**{sentence}**."
    before = ""
    if standing.before is not None:
        before = f", {holder_of(standing.before, almanac.parties)} before"
    expected = ""
    if standing.expected_at is not None:
        expected = f", {expected_words(standing.expected_at, now)}"
    return sentence_case(f"{name_of(council)} has not declared{before}{expected}.")


def _because(why: str) -> str:
    return f" _Why it is listed_: {escape(why, 200)}" if why else ""
