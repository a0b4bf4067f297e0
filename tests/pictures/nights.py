"""Nights to draw: the real one after any number of declarations, and arbitrary ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.election.almanac import Almanac, Hex, HexLayout, NightAlmanac
from bot.election.baselines import Baseline
from bot.election.control import Control
from bot.election.councils import Council, Councils
from bot.election.parties import Parties, Party, PartyKind
from bot.election.standings import CouncilStanding
from bot.election.stories import WHOLE_NIGHT, Lens
from bot.wording.night import NightView
from tests.cards.nights import AT_0232, NIGHT, PARTIES, standing
from tests.support.whole_night import moments

END = "Saturday's end"


def after(declarations: int) -> tuple[tuple[CouncilStanding, ...], Almanac]:
    """Return the night of 2022 as it was after so many councils had declared."""
    end = moments()[END]
    order = sorted(
        (one.declared.declared_at, one.council.code) for one in end.standings if one.declared
    )
    known = {code for _, code in order[:declarations]}
    standings = (
        one if one.council.code in known else replace(one, declared=None) for one in end.standings
    )
    return tuple(standings), end.almanac


def view_after(declarations: int, lens: Lens = WHOLE_NIGHT) -> NightView:
    """Return the night of 2022 after so many declarations, as a lens shows it."""
    standings, almanac = after(declarations)
    return NightView(standings, almanac, AT_0232, lens=lens)


_NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Nd", "Nl", "No")), min_size=1, max_size=30
).filter(str.strip)
"""Without figures: one in a name is no figure of the night."""
_LATIN = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij &-'WMil", min_size=1, max_size=30).filter(
    str.strip
)
_COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")
_PLACES = st.sampled_from(("London", "Wales", "East of England", "", "Yorkshire and The Humber"))


@st.composite
def any_party(draw: st.DrawFn, code: str) -> Party:
    """A party of any name, letters and colour, also one that only the wire knows."""
    name = draw(st.one_of(_LATIN, _NAMES))
    short = draw(st.one_of(st.just(name), _LATIN))
    colour = draw(_COLOURS)
    known = draw(st.booleans())
    return Party(code, name, short, PartyKind.LOCAL, colour=colour, known=known)


@st.composite
def any_parties(draw: st.DrawFn) -> Parties:
    """The known parties, and some strangers."""
    strangers = [draw(any_party(f"wire:{place}")) for place in range(draw(st.integers(0, 5)))]
    kept = list(PARTIES.rows)
    for one in strangers:
        try:
            Parties([*kept, one])
        except ValueError:  # a name that is another's
            continue
        kept.append(one)
    return Parties(kept)


@st.composite
def any_council(draw: st.DrawFn, code: str, codes: Sequence[str]) -> CouncilStanding:
    """A council with any seats, declared or not."""
    seats = st.dictionaries(
        st.sampled_from([*codes, "Vac"]),
        st.integers(0, draw(st.sampled_from((1, 3, 40, 120)))),
        min_size=1,
        max_size=9,
    )
    held = draw(st.one_of(st.none(), seats))
    now = draw(st.one_of(st.none(), seats, seats))
    new = draw(st.booleans())
    before: Control | None = Control(draw(st.one_of(st.none(), st.sampled_from(codes))))
    if draw(st.integers(0, 4)) == 0:
        before = None  # it is not known
    at = AT_0232 + timedelta(minutes=draw(st.integers(0, 4_000)))
    one = standing("KHL", before, now, held=held, won=now, at=at, new=new)
    council = Council(
        code,
        draw(st.one_of(_LATIN, _NAMES)),
        nation=draw(st.sampled_from(("England", "Wales"))),
        region=draw(_PLACES),
    )
    if one.declared is not None:
        if draw(st.booleans()):
            one = replace(one, declared=replace(one.declared, won=None))
        if draw(st.integers(0, 9)) == 0 and one.declared is not None:
            one = replace(one, declared=replace(one.declared, baseline=Baseline.LAST_ELECTION))
    return replace(one, council=council)


@st.composite
def any_night(draw: st.DrawFn) -> tuple[list[CouncilStanding], Almanac]:
    """A night of a few councils, on a map that also has councils that do not vote."""
    parties = draw(any_parties())
    codes = [party.code for party in parties.rows if party.kind is not PartyKind.VACANT]
    standings = [
        draw(any_council(f"C{place:02}", codes)) for place in range(draw(st.integers(1, 9)))
    ]
    cells = st.tuples(st.integers(-9, 9), st.integers(-9, 9))
    silent = [f"S{place}" for place in range(draw(st.integers(0, 4)))]
    names = [*(one.council.code for one in standings), *silent]
    places = draw(
        st.lists(cells, min_size=1, max_size=len(names), unique=True).map(
            lambda found: dict(zip(names, (Hex(*cell) for cell in found), strict=False))
        )
    )
    almanac = Almanac(
        parties,
        Councils([*(one.council for one in standings), *(Council(c, "Silent") for c in silent)]),
        nights={NIGHT: NightAlmanac(NIGHT, "local elections")},
        layouts=(HexLayout(0, places),),
    )
    return standings, almanac
