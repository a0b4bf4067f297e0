"""Whatever a night brings, its pictures keep every rule; they are no more than alike in meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.election.almanac import Almanac
from bot.election.ballots import Ballot, BallotStanding
from bot.election.parties import Parties, PartyKind, WireParty
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.election.seats import Composition
from bot.election.standings import CouncilStanding
from bot.election.stories import Lens
from bot.pictures.assembly import assembly_picture
from bot.pictures.ballots import ballot_picture
from bot.pictures.council import council_picture
from bot.pictures.flows import councils_flow_picture, seats_flow_picture
from bot.pictures.hexmap import map_picture
from bot.pictures.night import gains_picture, state_picture
from bot.pictures.party import party_picture
from bot.pictures.party_colours import Palette
from bot.pictures.progress import progress_picture
from bot.pictures.timeline import timeline_picture
from bot.wording.night import NightView
from tests.cards.nights import ALMANAC, AT_0232, NIGHT, PA
from tests.pictures.checks import (
    beside,
    check,
    check_in_chat,
    hexagons_of,
    texts_of,
)
from tests.pictures.nights import any_night, any_parties
from tests.support.contests import BELFAST_EAST, BRISTOL, CROYDON

KEY = 20.0
"""The hexagons of a key are smaller than that, those of so few councils larger."""
LENSES = (Lens(), Lens(region="London"), Lens(nation="Wales"), Lens(region="East of England"))
NAMES = st.one_of(
    st.text("abcdefghijklmnop '-MW", min_size=1, max_size=60),
    st.text(min_size=1, max_size=40),
).filter(str.strip)


@given(any_night())
def test_every_council_of_any_night(night: tuple[list[CouncilStanding], Almanac]) -> None:
    standings, almanac = night
    for standing in standings:
        picture = council_picture(standing, almanac)
        declared = standing.declared
        assert (picture is not None) == (declared is not None and declared.now.total > 0)
        if picture is not None and declared is not None:
            check_in_chat(picture)


@given(any_night(), st.sampled_from(LENSES))
def test_the_night_as_a_whole(night: tuple[list[CouncilStanding], Almanac], lens: Lens) -> None:
    standings, almanac = night
    seen = NightView(standings, almanac, AT_0232, lens=lens)
    if (picture := map_picture(seen, large=True)) is not None:
        check(picture)
    for draw in (
        map_picture,
        state_picture,
        gains_picture,
        councils_flow_picture,
        seats_flow_picture,
        timeline_picture,
    ):
        if (picture := draw(seen)) is not None:
            check_in_chat(picture)
    known = almanac.told(NIGHT, len(standings))
    progress = progress_picture(NightView(standings, known, AT_0232))
    assert progress is not None
    check_in_chat(progress)
    view = NightView(standings, almanac, AT_0232)
    state = state_picture(view)
    assert (state is not None) == any(one.is_declared for one in standings)
    for party in almanac.parties.rows:
        if (picture := party_picture(party, view)) is not None:
            check_in_chat(picture)


@given(any_night())
def test_the_map_has_a_hexagon_for_each_place_and_its_key_counts_all(
    night: tuple[list[CouncilStanding], Almanac],
) -> None:
    standings, almanac = night
    view = NightView(standings, almanac, AT_0232)
    picture, in_chat = map_picture(view, large=True), map_picture(view)
    assert picture is not None
    assert in_chat is not None
    assert in_chat.alt == picture.alt
    here = [one for one in standings if one.council.code in almanac.layout(NIGHT)]
    cells = [one for one in hexagons_of(picture) if one.radius > KEY]
    assert len(cells) == (len(almanac.layout(NIGHT)) if here else 0)
    waiting = sum(not one.is_declared for one in standings)
    changed = sum(
        one.declared is not None and one.declared.outcome.changes_hands for one in standings
    )
    missing = len(standings) - len(here)
    for drawn in (picture, in_chat):
        rows = {"Not declared": waiting, "Changed hands": changed}
        for name, councils in rows.items():
            assert (name in texts_of(drawn)) == (councils > 0)
            if councils:
                assert beside(drawn, name)[-1] == str(councils)
        shown = " ".join(texts_of(drawn)).replace(":", "")
        assert (f"Not on the map {missing}" in shown) == (missing > 0)
        assert (f"Not on the map {missing}: " in drawn.alt) == (missing > 0)


@given(any_parties())
def test_no_two_parties_of_a_picture_have_the_same_letters(parties: Parties) -> None:
    codes = [party.code for party in parties.rows if party.kind is not PartyKind.VACANT]
    palette = Palette(parties, codes)
    letters = [palette.letters(code) for code in (*codes, None)]
    assert len({*letters}) == len(letters)
    assert all(0 < len(one) <= 4 for one in letters)


@st.composite
def any_ballot(draw: st.DrawFn, ballot: Ballot, parties: Parties) -> BallotStanding:
    counts = draw(st.integers(0, 3))
    votes = st.tuples(*[st.one_of(st.none(), st.integers(0, 200_000))] * counts)
    codes = st.one_of(st.none(), st.sampled_from([p.name for p in parties.rows if p.code != "Vac"]))
    contestants = []
    for place in range(draw(st.integers(1, 9))):
        party = None if ballot.kind is BallotKind.REFERENDUM else draw(codes)
        contestants.append(
            Candidate(
                draw(NAMES),
                WireParty(party) if party else None,
                draw(votes),
                elected=place < ballot.seats and draw(st.booleans()),
            )
        )
    electorate = draw(st.one_of(st.none(), st.integers(1, 1_000_000)))
    report = BallotReport(
        night=NIGHT,
        kind=ballot.kind,
        area=ballot.area,
        gss=None,
        seats=ballot.seats,
        candidates=tuple(contestants),
        complete=True,
        recount=draw(st.integers(0, 9)) == 0,
        turnout=draw(st.one_of(st.none(), st.floats(0, 100))),
        electorate=electorate,
        valid=draw(st.one_of(st.none(), st.integers(1, 2_000_000))),
    )
    return BallotStanding(
        NIGHT, replace(ballot, name=draw(NAMES)), report, PA, AT_0232 + timedelta(hours=9)
    )


@given(st.data(), any_parties())
def test_any_mayor_and_any_referendum(data: st.DataObject, parties: Parties) -> None:
    almanac = replace(ALMANAC, parties=parties)
    for ballot in (CROYDON, BRISTOL, replace(CROYDON, system=VotingSystem.PLURALITY)):
        standing = data.draw(any_ballot(ballot, parties))
        picture = ballot_picture(standing, almanac)
        report = standing.report
        assert report is not None
        known = sum(bool(one.first_preferences) for one in report.candidates)
        enough = known >= (1 if ballot.kind is BallotKind.REFERENDUM else 2)
        assert (picture is not None) == (report.declared and enough and not report.recount)
        if picture is not None:
            check_in_chat(picture)


@given(st.data(), any_parties())
def test_any_assembly(data: st.DataObject, parties: Parties) -> None:
    codes = [party.code for party in parties.rows if party.code != "Vac"]
    before = data.draw(
        st.one_of(st.none(), st.dictionaries(st.sampled_from(codes), st.integers(1, 30)))
    )
    night = replace(
        ALMANAC.night(NIGHT),
        assembly_before=None if before is None else Composition(before),
    )
    almanac = replace(ALMANAC, parties=parties, nights={NIGHT: night})
    standings = [
        data.draw(any_ballot(replace(BELFAST_EAST, code=f"assembly.{place}"), parties))
        for place in range(data.draw(st.integers(1, 6)))
    ]
    picture = assembly_picture(standings, almanac)
    if picture is not None:
        check_in_chat(picture)
        if "no seat filled" not in picture.title:
            assert picture.svg.count("<circle") >= 5 * len(standings)
