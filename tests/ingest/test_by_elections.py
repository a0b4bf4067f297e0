"""By-elections on their way in: what is claimed of them, and of who controls the council."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards.desk import result_sentence
from bot.cards.notices import notice_title
from bot.clock import SteppedClock
from bot.desk import Desk, Editor
from bot.election.almanac import Almanac, CouncilElection, WardSeat
from bot.election.ballots import VotingSystems
from bot.election.case_file import RulingAction
from bot.election.claims import BallotDeclared, ClaimContent, ClaimState, Elected
from bot.election.control import NOC, Control
from bot.election.councils import Council
from bot.election.parties import VACANT, Parties, Party
from bot.election.reports import BallotKind, Proportion, Reading, VotingSystem
from bot.election.seats import Composition
from bot.feeds.formats import read
from bot.feeds.hints import Hints
from bot.ingest.ingest import Ingest
from bot.ingest.rejudge import rejudge
from bot.store.reader import Reader
from bot.store.rebuild import rebuild
from bot.store.writer import Writer
from tests.feeds import test_modern_gov as modern_gov
from tests.feeds.democracy_club import test_winners as winners
from tests.ingest.by_elections import (
    CLOSE,
    KENT,
    LEEDS,
    NIGHT,
    almanac,
    ballot,
    ballot_id,
    by_election,
    page,
)
from tests.support.small_night import fetch

EDITOR = Editor("Edda", 5)


class House:
    """A database on a night of by-elections."""

    def __init__(self, path: Path, known: Almanac, writer: Writer, reader: Reader) -> None:
        clock = SteppedClock(CLOSE)
        self.path, self.almanac, self.reader = path, known, reader
        self.ingest = Ingest(writer, known, clock)
        self.desk = Desk(writer, self.ingest, known, clock)

    async def file(self, *ballots: object, minute: int = 0) -> None:
        await self.ingest.file(fetch(page(*ballots, minute=minute), feed="dc"))

    def said(self) -> list[tuple[ClaimState, str]]:
        """Return every version of every notice in order, in words."""
        known = replace(self.almanac, parties=self.reader.parties(NIGHT))
        ballots = known.night(NIGHT).ballots
        return [
            (
                one.version.state,
                notice_title(one.version.content, known, ballots) if one.version.content else "",
            )
            for one in self.reader.notices(NIGHT)
        ]

    def control(self) -> list[ClaimContent | None]:
        return [one.version.content for one in self.reader.claims(NIGHT)]


@asynccontextmanager
async def house(path: Path, known: Almanac) -> AsyncIterator[House]:
    async with Writer(path) as writer:
        with Reader(path, known) as reader:
            yield House(path, known, writer, reader)


@pytest.mark.parametrize(
    ("sitting", "winner", "says"),
    [
        ("Lab", "Lab", "Labour hold Xyz ward of Leeds"),
        ("Lab", "LD", "Lib Dems gain Xyz ward of Leeds from Labour"),
        ("Con", "Lab", "Labour gain Xyz ward of Leeds from Conservatives"),
        ("", "Lab", "Labour win Xyz ward of Leeds"),
        ("Lab", "Ind", "An independent gains Xyz ward of Leeds from Labour"),
        ("Ind", "Ind", "An independent wins Xyz ward of Leeds, previously independent"),
        ("Ind", "Con", "Conservatives gain Xyz ward of Leeds from an independent"),
        ("", "Ind", "An independent wins Xyz ward of Leeds"),
        ("Lab", "Moonshine", "Moonshine gain Xyz ward of Leeds from Labour"),
    ],
)
async def test_who_wins_a_by_election_is_told(
    tmp_path: Path, sitting: str, winner: str, says: str
) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting=sitting))) as night:
        await night.file(ballot(winners=winner, others="Green"))
        assert night.said() == [(ClaimState.DECLARED, says)]
        assert night.control() == []


async def test_a_by_election_of_nobody_s_preparing_is_told_all_the_same(tmp_path: Path) -> None:
    known = almanac()
    async with house(tmp_path / "a.db", known) as night:
        await night.file(ballot(), ballot("Malling", "Con", council=KENT))
        assert sorted(night.said()) == [
            (ClaimState.DECLARED, "Conservatives win Malling division of Kent"),
            (ClaimState.DECLARED, "Labour win Xyz ward of Leeds"),
        ]
        (kent, leeds) = night.reader.ballots(NIGHT)
        assert (kent.ballot.council, leeds.ballot.council) == ("KEN", "LDS")
        assert leeds.is_declared and leeds.ballot.kind is BallotKind.WARD
        assert night.reader.councils(NIGHT) == ()
        assert NIGHT in night.reader.nights_in_force()
        assert [one.report.area for one in night.reader.wards(NIGHT, "LDS")] == ["Xyz"]


async def test_the_night_s_tables_introduce_a_council_that_no_other_table_has(
    tmp_path: Path,
) -> None:
    mossgate = Council("wire:Mossgate", "Mossgate", known=False)
    told = ballot(council=mossgate, others="Green")
    async with house(tmp_path / "a.db", almanac(by_election(council=mossgate))) as night:
        await night.file(told)
        assert night.said() == [(ClaimState.DECLARED, "Labour win Xyz ward of Mossgate")]
    async with house(tmp_path / "b.db", almanac()) as night:
        await night.file(told)  # it may be another one, misnamed
        assert night.said() == []


async def test_nothing_is_told_before_a_winner_is_known_and_nothing_twice(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting="Lab"))) as night:
        await night.file(ballot(winners="", others="Lab Con"))
        assert night.said() == []
        await night.file(ballot(minute=1), minute=1)
        votes = ballot(minute=2, results={"num_turnout_reported": 900, "turnout_percentage": 21.5})
        await night.file(votes, minute=2)
        assert [state for state, _ in night.said()] == [ClaimState.DECLARED]
        (standing,) = night.reader.ballots(NIGHT)
        assert standing.report is not None and standing.report.turnout == 21.5


async def test_another_winner_corrects_and_none_retracts(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting="Lab"))) as night:
        await night.file(ballot())
        await night.file(ballot(winners="Con", minute=1), minute=1)
        await night.file(ballot(winners="", others="Lab Con", minute=2), minute=2)
        assert night.said() == [
            (ClaimState.DECLARED, "Labour hold Xyz ward of Leeds"),
            (ClaimState.CORRECTED, "Conservatives gain Xyz ward of Leeds from Labour"),
            (ClaimState.RETRACTED, ""),
        ]
        assert rebuild(night.path, tmp_path / "again.db").differences == ()


async def test_a_report_that_the_desk_rejects_is_taken_back(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting="Lab"))) as night:
        await night.file(ballot())
        (row,) = night.reader.db.execute("SELECT id FROM reports").fetchall()
        await night.desk.rule(row["id"], RulingAction.REJECT, EDITOR, "a hoax")
        assert [state for state, _ in night.said()] == [ClaimState.DECLARED, ClaimState.RETRACTED]


async def test_two_seats_are_told_one_by_one(tmp_path: Path) -> None:
    known = almanac(by_election(sitting="Lab Con", seats=2))
    async with house(tmp_path / "a.db", known) as night:
        await night.file(ballot(winners="Lab Lab", others="Con"))
        assert night.said() == [
            (
                ClaimState.DECLARED,
                "Xyz ward of Leeds: Labour gain 1 from Conservatives, Labour hold 1",
            )
        ]
    async with house(tmp_path / "b.db", almanac()) as night:
        await night.file(ballot(winners="Lab Green"))
        assert night.said()[0][1] == "Xyz ward of Leeds elects 1 Green and 1 Labour"


async def test_a_poll_put_off_or_without_candidates_tells_nothing(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting="Lab"))) as night:
        await night.file(ballot(winners="", others="Lab Con", cancelled=True))
        await night.file(
            ballot(winners="", cancelled=True, uncontested=True, candidacies=[], minute=1),
            minute=1,
        )
        assert night.said() == []


async def test_who_stands_alone_is_elected(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting="Con"))) as night:
        await night.file(ballot(winners="", others="Lab", cancelled=True, uncontested=True))
        assert night.said() == [
            (ClaimState.DECLARED, "Labour gain Xyz ward of Leeds from Conservatives")
        ]


# --- who controls the council


LAB, CON = Control("Lab"), Control("Con")


@pytest.mark.parametrize(
    ("before", "sitting", "winner", "claims"),
    [
        # A vacancy filled makes a majority: 30 of 60 with the seat of the Conservatives.
        ({"Lab": 30, "Con": 29, VACANT: 1}, "Con", "Lab", (NOC, LAB)),
        # And breaks one: with it Labour had 31, and exactly half is no majority.
        ({"Lab": 30, "Con": 29, VACANT: 1}, "Lab", "Con", (LAB, NOC)),
        ({"Lab": 30, "Con": 29, VACANT: 1}, "Lab", "Lab", None),
        # The seat may still be counted for the party that held it.
        ({"Lab": 31, "Con": 29}, "Lab", "Con", (LAB, NOC)),
        ({"Lab": 30, "Con": 30}, "Con", "Lab", (NOC, LAB)),
        ({"Lab": 40, "Con": 20}, "Lab", "Con", None),
        # An odd size, where nobody has to know whose the seat was.
        ({"Lab": 30, "Con": 30, VACANT: 1}, "", "Lab", (NOC, LAB)),
        # Other vacancies count.
        ({"Lab": 30, "Con": 29, VACANT: 3}, "Con", "Lab", None),
        # Straight from one to the other.
        ({"Lab": 1, "Con": 1, VACANT: 1}, "Lab", "Con", (LAB, CON)),
        # Not known whose the seat was and not vacant either.
        ({"Lab": 31, "Con": 29}, "", "Con", None),
        # Another party's seat than those that are there.
        ({"Lab": 31, "Con": 29}, "Green", "Con", None),
    ],
)
async def test_control_is_claimed_only_where_it_changes(
    tmp_path: Path,
    before: Mapping[str, int],
    sitting: str,
    winner: str,
    claims: tuple[Control, Control] | None,
) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting=sitting), LDS=before)) as night:
        await night.file(ballot(winners=winner, others="Green"))
        assert len(night.said()) == 1
        expected = [] if claims is None else [ClaimContent.of(*claims)]
        assert night.control() == expected
        changed = night.reader.changed_by_by_elections(NIGHT)
        assert [one.council for one in changed] == [LEEDS] * len(expected)
        # No council has voted, so none is in any total.
        assert night.reader.councils(NIGHT) == ()


async def test_what_hangs_on_vacant_seats_is_the_desk_s_to_decide(tmp_path: Path) -> None:
    before = {"Lab": 30, "Con": 29, VACANT: 1}
    async with house(tmp_path / "a.db", almanac(by_election(), LDS=before)) as night:
        await night.file(ballot())
        assert night.control() == []
        (waiting,) = night.reader.councils_to_tell()
        assert "vacant" in str(waiting)


async def test_control_waits_for_every_by_election_and_follows_corrections(tmp_path: Path) -> None:
    known = almanac(
        by_election("Abc", "Lab"), by_election("Xyz", "Con"), LDS={"Lab": 30, "Con": 29}
    )
    async with house(tmp_path / "a.db", known) as night:
        await night.file(ballot("Abc", "Con"))
        assert night.control() == []  # the other is listed, though nothing of it has come in
        await night.file(ballot("Xyz", "Lab", minute=1), minute=1)
        assert night.control() == []  # a seat each way
        await night.file(ballot("Xyz", "Con", minute=2), minute=2)
        assert night.control() == [ClaimContent.of(LAB, CON)]
        await night.file(ballot("Abc", "Lab", minute=3), minute=3)
        assert night.control() == [ClaimContent.of(LAB, CON), None]
        assert rebuild(night.path, tmp_path / "again.db").differences == ()


async def test_a_by_election_put_off_keeps_its_seat_vacant(tmp_path: Path) -> None:
    known = almanac(
        by_election("Abc", "Lab"),
        by_election("Xyz", "Con"),
        LDS={"Lab": 29, "Con": 30, VACANT: 2},
    )
    async with house(tmp_path / "a.db", known) as night:
        await night.file(ballot("Abc", "Con"), ballot("Xyz", "", others="Lab", cancelled=True))
        assert len(night.said()) == 1
        assert night.control() == [ClaimContent.of(NOC, CON)]


@pytest.mark.parametrize(
    ("before", "why"),
    [
        # Labour have 31 of 61 with the seat that stays vacant, and level with the others without.
        ({"Lab": 32, "Con": 29}, "vacant"),
        # The others of the table may be Greens, who then have 31 of 61 with the seat that they win.
        ({"Ind": 29, "Lab": 32}, "if they are"),
    ],
)
async def test_what_the_table_does_not_tell_is_the_desk_s_to_decide(
    tmp_path: Path, before: Mapping[str, int], why: str
) -> None:
    """Of two seats that Labour held, one poll is put off; or Greens win both."""
    known = almanac(by_election("Abc", "Lab"), by_election("Xyz", "Lab"), LDS=before)
    async with house(tmp_path / "a.db", known) as night:
        if why == "vacant":
            off = ballot("Xyz", "", others="Lab", cancelled=True)
            await night.file(ballot("Abc", "Con"), off)
        else:
            await night.file(ballot("Abc", "Green"), ballot("Xyz", "Green"))
        assert night.control() == []
        (waiting,) = night.reader.councils_to_tell()
        assert why in str(waiting)


async def test_nothing_is_told_apart_from_a_council_s_own_election(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac()) as night:
        own = ballot("Abc", "Lab", ballot_paper_id=f"local.leeds.abc.{NIGHT}")
        await night.file(own, ballot("Xyz", "Con"))
        assert night.said() == []
        assert night.reader.ballots(NIGHT) == ()


def test_what_holds_and_what_does_not() -> None:

    def declared(before: str | None, *parties: str) -> BallotDeclared:
        elected = tuple(Elected(party, party) for party in parties)
        return BallotDeclared("ward.LDS.xyz", BallotKind.WARD, elected, before)

    assert declared("Lab", "Lab", "Lab").holds
    assert not declared("Lab", "Lab", "Con").holds
    assert not declared(None, "Lab").holds


# --- mayors


def mayor(minute: int = 0, *, elected: bool | None = None, **changed: object) -> dict[str, object]:
    """Return the by-election of a mayor: Lab has fewer first preferences than Con."""
    at = CLOSE + timedelta(hours=-8 if elected is None else 2, minutes=minute)
    other = None if elected is None else not elected
    rest = None if elected is None else False
    people = [("Lab", 40_000, elected), ("Con", 45_000, other), ("Green", 20_000, rest)]
    return {
        **ballot(),
        "ballot_paper_id": f"mayor.fen-ca.by.{NIGHT}",
        "election": {"name": "Mayor of Fen by-election", "election_date": str(NIGHT)},
        "post": {"id": "FEN", "label": "Fen Combined Authority", "slug": "fen"},
        "voting_system": "sv",
        "last_updated": at.isoformat(),
        "candidacies": [
            {
                "elected": won,
                "party_name": party,
                "person": {"name": f"{party} Person"},
                "result": None if won is None else {"num_ballots": votes, "elected": won},
            }
            for party, votes, won in people
        ],
        **changed,
    }


async def test_a_mayors_by_election_is_told_by_the_system_of_its_date(tmp_path: Path) -> None:
    law = VotingSystems({BallotKind.MAYOR: ((NIGHT, VotingSystem.SUPPLEMENTARY),)})
    known = replace(almanac(), voting_systems=law)
    async with house(tmp_path / "a.db", known) as night:
        await night.file(mayor(), minute=-8 * 60)
        assert night.said() == []
        await night.file(mayor(elected=True, minute=1), minute=1)
        assert night.said() == [
            (
                ClaimState.DECLARED,
                "Lab Person (Labour) elected Mayor of Fen Combined Authority",
            )
        ]


@pytest.mark.parametrize("said", ["FPTP", None])
async def test_a_runner_up_is_not_elected_in_one_round(tmp_path: Path, said: str | None) -> None:
    async with house(tmp_path / "a.db", almanac()) as night:
        await night.file(mayor(voting_system=said), minute=-8 * 60)
        await night.file(mayor(elected=True, minute=1, voting_system=said), minute=1)
        assert night.said() == []
        (held,) = night.reader.held(NIGHT)
        assert "another has 45000" in str(held)


async def test_a_mayor_whom_nobody_has_introduced_waits_for_the_desk(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac()) as night:
        await night.file(mayor(elected=False, minute=1), minute=1)
        assert night.said() == []
        (held,) = night.reader.held(NIGHT)
        assert "nor the wire's nominations know" in str(held)


# --- beside the council's own election


def voting(before: Mapping[str, int], sitting: str = "") -> Almanac:
    """Return a night on which two of five seats are up, and a third one's by-election is held."""
    election = CouncilElection(
        council="LDS",
        proportion=Proportion.HALF,
        seats=5,
        seats_up=2,
        new_council=False,
        boundary_change=False,
        sitting=NOC,
        staying=Composition(before),
    )
    seats = tuple(
        WardSeat(ballot_id(ward, by=""), ward, f"E0500{ward}", 1) for ward in ("Abc", "Def")
    )
    known = almanac(by_election(sitting=sitting))
    night = replace(known.night(NIGHT), elections={"LDS": election}, wards={"LDS": seats})
    return replace(known, nights={NIGHT: night})


def own(ward: str, winner: str, minute: int = 0) -> dict[str, object]:
    return ballot(ward, winner, minute=minute, ballot_paper_id=ballot_id(ward, by=""))


async def test_a_by_election_that_fills_a_seat_of_those_that_are_up_is_told_by_itself_too(
    tmp_path: Path,
) -> None:
    known = voting({"Lab": 1, "Con": 1}, "Con")
    night = known.night(NIGHT)
    up = replace(night.elections["LDS"], seats_up=3)
    known = replace(known, nights={NIGHT: replace(night, elections={"LDS": up})})
    async with house(tmp_path / "a.db", known) as night_of:
        await night_of.file(own("Abc", "Lab"), own("Def", "Con"), ballot("Xyz", "Lab"))
        (leeds,) = night_of.reader.councils(NIGHT)
        assert leeds.declared is not None
        assert leeds.declared.now == Composition({"Lab": 3, "Con": 2})
        gain = "Labour gain Xyz ward of Leeds from Conservatives"
        assert night_of.said() == [(ClaimState.DECLARED, gain)]


@pytest.mark.parametrize(
    ("staying", "sitting"),
    [
        ({"Lab": 1, "Con": 1, VACANT: 1}, ""),
        ({"Lab": 1, "Con": 1, VACANT: 1}, "Con"),
        ({"Lab": 1, "Con": 2}, "Con"),  # as if who left the seat still sat
    ],
)
async def test_a_by_election_elsewhere_fills_a_seat_that_is_not_up(
    tmp_path: Path, staying: Mapping[str, int], sitting: str
) -> None:
    async with house(tmp_path / "a.db", voting(staying, sitting)) as night:
        await night.file(own("Abc", "Lab"), own("Def", "Con"), ballot("Xyz", "", others="Lab Con"))
        assert night.control() == []  # three of five for either, by the seat that is open
        await night.file(ballot("Xyz", "Lab", minute=1), minute=1)
        assert night.control() == [ClaimContent.of(NOC, LAB)]
        (leeds,) = night.reader.councils(NIGHT)
        assert leeds.declared is not None
        assert leeds.declared.now == Composition({"Lab": 3, "Con": 2})
        assert [state for state, _ in night.said()] == [ClaimState.DECLARED]


async def test_a_by_election_that_cannot_decide_is_not_waited_for(tmp_path: Path) -> None:
    known = voting({"Lab": 2, VACANT: 1})
    async with house(tmp_path / "a.db", known) as night:
        await night.file(own("Abc", "Lab"), own("Def", "Lab"), ballot("Xyz", "", others="Lab Con"))
        assert night.control() == [ClaimContent.of(NOC, LAB)]
        await night.file(ballot("Xyz", "Con", minute=1), minute=1)
        assert night.control() == [ClaimContent.of(NOC, LAB)]
        (leeds,) = night.reader.councils(NIGHT)
        assert leeds.declared is not None
        assert leeds.declared.now == Composition({"Lab": 4, "Con": 1})


async def test_a_by_election_put_off_leaves_its_seat_vacant(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", voting({"Lab": 1, "Con": 1, VACANT: 1})) as night:
        off = ballot("Xyz", "", others="Lab Con", cancelled=True)
        await night.file(own("Abc", "Lab"), own("Def", "Con"), off)
        assert night.control() == [ClaimContent.of(NOC, NOC)]


async def test_whose_seat_it_was_has_to_be_known(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", voting({"Lab": 1, "Con": 2})) as night:
        await night.file(own("Abc", "Lab"), own("Def", "Con"), ballot("Xyz", "Lab"))
        assert night.control() == []
        (leeds,) = night.reader.councils(NIGHT)
        assert "who held the seat of the by-election in Xyz" in (leeds.lacking or "")


# --- other sources


def statement(**changed: str | None) -> Reading:
    """Return a feed with one winner in Xyz; the slug is the council's election's, as it is sent."""
    fields = {
        "title": "Ann Able (Labour Party) won in Xyz",
        "updated": (CLOSE + timedelta(hours=3)).isoformat(),
        "election_slug": f"local.leeds.{NIGHT}",
        "election_date": str(NIGHT),
        "post_id": "gss:E0500Xyz",
        **changed,
    }
    body = winners.feed(winners.entry(1, **fields)).encode()
    return read("winners", "all.atom", body, CLOSE + timedelta(hours=3))


def council_site(winner: str, minute: int, note: str = "") -> Reading:
    """Return the page of the council's own site; *note* makes it another document."""
    people = "".join(
        modern_gov.candidate(
            areatitle="Xyz",
            candidatename=f"{party} Person",
            politicalpartytitle=party,
            iselected=str(party == winner),
            votedatetime=f"{NIGHT:%d/%m/%Y}, 23:52",
        )
        for party in ("Labour", "Conservative")
    )
    areas = modern_gov.area(title="Xyz", electorate=f"90{note}")
    body = modern_gov.election(people, areas, title="Xyz by-election", kind="By-election").encode()
    at = CLOSE + timedelta(hours=2, minutes=minute)
    known = Hints(council="Leeds", night=NIGHT)
    return read("modern_gov", "modern_gov_Leeds_1.xml", body, at, known=known)


async def test_a_winner_alone_tells_a_by_election_that_is_listed(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac(by_election(sitting="Con"))) as night:
        await night.ingest.file(fetch(statement(), feed="winners"))
        gain = "Labour gain Xyz ward of Leeds from Conservatives"
        assert night.said() == [(ClaimState.DECLARED, gain)]
        assert night.reader.councils(NIGHT) == ()
        await night.file(ballot(minute=120), minute=120)  # the same from the ballots
        taken_back = statement(id="2", retraction="1", updated=str(CLOSE + timedelta(hours=4)))
        await night.ingest.file(fetch(taken_back, feed="winners"))
        assert night.said() == [(ClaimState.DECLARED, gain)]
        assert rebuild(night.path, tmp_path / "again.db").differences == ()


async def test_a_source_without_revisions_is_confirmed_by_another_or_a_second_fetch(
    tmp_path: Path,
) -> None:
    async with house(tmp_path / "a.db", almanac()) as night:
        await night.ingest.file(fetch(council_site("Labour", 1), feed="modern_gov"))
        assert night.said() == []
        (shown,) = night.reader.ballots(NIGHT)
        assert shown.is_declared and shown.version is None
        await night.ingest.file(fetch(council_site("Labour", 2), feed="modern_gov"))
        assert [words for _, words in night.said()] == ["Labour win Xyz ward of Leeds"]
    async with house(tmp_path / "b.db", almanac()) as night:
        await night.ingest.file(fetch(council_site("Labour", 1), feed="modern_gov"))
        await night.file(ballot())
        assert [words for _, words in night.said()] == ["Labour win Xyz ward of Leeds"]
        assert len(night.reader.ballots(NIGHT)) == 1


async def test_sources_that_differ_are_not_believed(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", almanac()) as night:
        await night.ingest.file(fetch(council_site("Conservative", 1), feed="modern_gov"))
        await night.file(ballot())
        assert night.said() == []


async def test_the_desk_sees_what_confirming_a_by_election_would_announce(tmp_path: Path) -> None:
    known = almanac(by_election(sitting="Lab"))
    async with house(tmp_path / "a.db", known) as night:
        await night.file(ballot(winners="Lab Con", seats=1))
        assert night.said() == []
        (held,) = night.reader.held(NIGHT)
        foreseen = (await night.desk.foresee([held.held.report_id]))[held.held.report_id]
        assert foreseen.content is None  # two winners for one seat give no result
        await night.file(ballot(winners="Con", minute=1), minute=1)
        (row,) = night.reader.db.execute("SELECT max(id) AS id FROM reports").fetchall()
        foreseen = (await night.desk.foresee([row["id"]]))[row["id"]]
        assert isinstance(foreseen.content, BallotDeclared)
        assert not foreseen.told  # it is announced already
        sentence = result_sentence(LEEDS, foreseen.content, known.parties)
        assert sentence == "Conservatives gain Xyz ward of Leeds from Labour"


async def test_what_today_s_rules_would_claim_otherwise_is_found(tmp_path: Path) -> None:
    known = almanac(by_election(sitting="Lab"))
    async with house(tmp_path / "a.db", known) as night:
        await night.file(ballot(winners="Moonshine"))
        assert rejudge(night.path, known) == ()
        parties = Parties([*known.parties.rows, Party("Moon", "Moonshine", "Moon")])
        said = rejudge(night.path, replace(known, parties=parties))
        assert said == ("Xyz ward of Leeds: today another result would be claimed.",)
