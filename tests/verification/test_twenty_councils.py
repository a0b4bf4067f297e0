"""Twenty councils and more, one for each trap of the wire: documents and outcomes by hand.

The figures are invented but for Crawley's, whose vacancy in 2022 made everybody look twice.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path

import pytest

from tests.verification.at_work import AtWork, almanac, at_work

NIGHT = date(2022, 5, 5)
ELSEWHEN = date(2018, 5, 3)
"""A night that no table of the product knows."""


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[AtWork]:
    async with at_work(tmp_path / "night.sqlite", NIGHT) as opened:
        yield opened


@pytest.fixture
async def elsewhen(tmp_path: Path) -> AsyncIterator[AtWork]:
    async with at_work(tmp_path / "elsewhen.sqlite", ELSEWHEN) as opened:
        yield opened


def result(council: str, *blocks: str, revision: int = 1, on: date = NIGHT, name: str = "") -> str:
    """A council's result: the attributes of its Council, then the blocks in it."""
    called = f"name='{name}'" if name else ""
    return (
        f"<LocalElectionResult revision='{revision}'><Election date='{on}' {called}>"
        f"<Council {council}>{''.join(blocks)}</Council></Election></LocalElectionResult>"
    )


def block(name: str, key: str, lines: str) -> str:
    """A block of parties: `block("Changes", "change", "Lab +3, C -3")`."""
    pairs = [line.rsplit(" ", 1) for line in lines.split(", ")] if lines else []
    parties = "".join(f"<Party name='{party}' {key}='{number}'/>" for party, number in pairs)
    return f"<{name}>{parties}</{name}>"


def elected(lines: str) -> str:
    return block("ElectedCouncillors", "seats", lines)


def changes(lines: str) -> str:
    return block("Changes", "change", lines)


def now(lines: str) -> str:
    return block("NewCouncil", "seats", lines)


def nominations(council: str, lines: Iterable[str], on: date = NIGHT) -> str:
    """A council's nominations: `"Labour (Lab) 30 10 0"` holds 30, defends 10, none unopposed."""
    parties = []
    for line in lines:
        name, held, offered, unopposed = line.rsplit(" ", 3)
        full, _, short = name.partition(" (")
        parties.append(
            f"<Party name='{full}' abbreviation='{short.rstrip(')') or full}' seatsHeld='{held}'"
            f" seatsOffered='{offered}' unopposedReturns='{unopposed}' candidates='9'/>"
        )
    return (
        f"<LocalElectionNominations><Election date='{on}'><Council {council}>"
        f"{''.join(parties)}</Council></Election></LocalElectionNominations>"
    )


HULL = "name='Kingston-upon-Hull' type='Unitary' proportion='third'"
HULL_HELD = nominations(
    HULL, ["Labour (Lab) 30 10 0", "Liberal Democrat (LD) 26 9 0", "Independent/Other (Ind) 1 0 0"]
)
HULL_GAINED = result(
    f"{HULL} winningParty='LD' gainOrHold='gain' sittingParty='Lab'",
    elected("LD 12, Lab 7"), changes("LD +3, Lab -3"), now("LD 29, Lab 27, Ind 1"),
)  # fmt: skip


# Control


async def test_crawley_where_a_vacant_seat_decides(night: AtWork) -> None:
    crawley = result(
        "name='Crawley' proportion='third' winningParty='Lab' gainOrHold='gain' sittingParty='NOC'",
        elected("Lab 7, C 5"), changes(""), now("Lab 18, C 17, Vacant 1"),
    )  # fmt: skip
    await night.take({"Local_result_Crawley_1.xml": crawley})
    assert night.reasons == {
        "Local_result_Crawley_1.xml": [
            "18 is more than half of the 35 filled seats, but not of all 36: "
            "whether that is control is the desk's decision"
        ]
    }
    assert (night.outcome("Crawley"), night.claims("Crawley"), night.alerts) == (None, [], [])


async def test_exactly_half_is_no_overall_control(elsewhen: AtWork) -> None:
    half = result(
        "name='Sefton' proportion='third' winningParty='NOC' gainOrHold='lose to NOC' "
        "sittingParty='Lab'",
        elected("Lab 9, LD 11"), changes("Lab -4, LD +4"), now("Lab 30, LD 20, C 10"), on=ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"Local_result_Sefton_1.xml": half})
    assert elsewhen.outcome("Sefton") == "Lab > NOC, loss to NOC"
    assert elsewhen.alerts == ["change of hands: Sefton to No overall control"]


async def test_half_is_not_claimed_for_a_party_by_its_winner(elsewhen: AtWork) -> None:
    half = result(
        "name='Sefton' proportion='third' winningParty='Lab' gainOrHold='no change' "
        "sittingParty='Lab'", now("Lab 30, LD 20, C 10"), on=ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"half.xml": half})
    assert elsewhen.reasons == {
        "half.xml": ["the result says Labour, its own seats say otherwise (30 of 60)"]
    }
    assert elsewhen.alerts == []


async def test_a_boundary_change_moves_the_size(elsewhen: AtWork) -> None:
    moved = "name='Chorley' proportion='all' boundaryChange='true'"
    await elsewhen.take(
        {
            "Local_nominations_Chorley.xml": nominations(
                moved, ["Labour (Lab) 37 37 0", "Conservative (C) 10 10 0"], ELSEWHEN
            ),
            "Local_result_Chorley_1.xml": result(
                f"{moved} winningParty='Lab' gainOrHold='no change' sittingParty='Lab'",
                changes("Lab -6, C +1"), now("Lab 31, C 11"), on=ELSEWHEN,
            ),
        }
    )  # fmt: skip
    assert elsewhen.outcome("Chorley") == "Lab > Lab, hold"
    assert elsewhen.reasons == {}


async def test_a_new_council_is_never_a_gain(elsewhen: AtWork) -> None:
    new = result(
        "name='Mercia and the Marches' proportion='all' newCouncil='true' winningParty='LD' "
        "gainOrHold='gain' sittingParty='NOC'", now("LD 50, C 40, Ind 8"), on=ELSEWHEN,
    )  # fmt: skip
    stands = nominations(
        "name='Mercia and the Marches' proportion='all' newCouncil='true'",
        ["Liberal Democrat (LD) 0 0 0", "Conservative (C) 0 0 0"], ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"new.xml": new, "stands.xml": stands})
    assert elsewhen.outcome("Mercia and the Marches") == "LD, first election"
    assert elsewhen.alerts == ["first election: Mercia and the Marches to Liberal Democrat"]


@pytest.mark.parametrize(("word", "after"), [("Ind", "Ind"), ("NOC", "NOC")])
async def test_the_bucket_may_be_called_either(elsewhen: AtWork, word: str, after: str) -> None:
    said = "lose to NOC" if word == "NOC" else "gain"
    bucket = result(
        f"name='Castle Point' proportion='third' winningParty='{word}' gainOrHold='{said}' "
        "sittingParty='C'", elected("Ind 10, C 4"), now("Ind 26, C 15"), on=ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"bucket.xml": bucket})
    assert elsewhen.reasons == {}
    assert (elsewhen.outcome("Castle Point") or "").startswith(f"Con > {after}, ")


# Revisions


async def test_a_batch_with_its_revisions_the_wrong_way_round(night: AtWork) -> None:
    first = result(
        f"{HULL} winningParty='Lab' gainOrHold='no change' sittingParty='Lab'",
        elected("LD 10, Lab 9"), changes("LD +1, Lab -1"), now("LD 27, Lab 29, Ind 1"),
    )  # fmt: skip
    second = HULL_GAINED.replace("revision='1'", "revision='2'")
    await night.take({"a_2.xml": second, "b_1.xml": first, "nominations.xml": HULL_HELD})
    assert night.verdicts["a_2.xml"] == "accepted"
    assert night.verdicts["b_1.xml"] == "superseded"
    assert night.claims("Hull") == ["1 declared: Lab > LD, gain"]


async def test_a_correction_from_no_change_to_gain(night: AtWork) -> None:
    first = result(
        f"{HULL} winningParty='Lab' gainOrHold='no change' sittingParty='Lab'",
        elected("LD 10, Lab 9"), changes("LD +1, Lab -1"), now("LD 27, Lab 29, Ind 1"),
    )  # fmt: skip
    await night.take({"Local_result_Hull_1.xml": first})
    assert night.alerts == []
    await night.take(
        {"Local_result_Hull_2.xml": HULL_GAINED.replace("revision='1'", "revision='2'")}
    )
    assert night.claims("Hull") == ["1 declared: Lab > Lab, hold", "2 corrected: Lab > LD, gain"]
    assert night.alerts == ["correction: Kingston upon Hull to Liberal Democrat"]


async def test_the_same_revision_with_other_content_waits(night: AtWork) -> None:
    other = result(
        f"{HULL} winningParty='NOC' gainOrHold='lose to NOC' sittingParty='Lab'",
        elected("LD 11, Lab 8"), changes("LD +2, Lab -2"), now("LD 28, Lab 28, Ind 1"),
    )  # fmt: skip
    await night.take({"Local_result_Hull_1.xml": HULL_GAINED})
    await night.take({"Local_result_Hull_1.xml": other})
    assert night.reasons == {
        "Local_result_Hull_1.xml": [
            "it says something else than the revision 1 that came in before it"
        ]
    }
    assert night.claims("Hull") == ["1 declared: Lab > LD, gain"]


async def test_flip_flop_ends_with_the_highest_revision(night: AtWork) -> None:
    lost = result(
        f"{HULL} winningParty='NOC' gainOrHold='lose to NOC' sittingParty='Lab'",
        elected("LD 11, Lab 8"), changes("LD +2, Lab -2"), now("LD 28, Lab 28, Ind 1"),
    )  # fmt: skip
    for revision, text in enumerate((HULL_GAINED, lost, HULL_GAINED, lost), start=1):
        revised = text.replace("revision='1'", f"revision='{revision}'")
        await night.take({f"Local_result_Hull_{revision}.xml": revised})
    assert night.outcome("Hull") == "Lab > NOC, loss to NOC"
    assert [claim[:11] for claim in night.claims("Hull")] == [
        "1 declared:", "2 corrected", "3 corrected", "4 corrected",
    ]  # fmt: skip


# Seats


async def test_more_seats_than_the_council_has(night: AtWork) -> None:
    larger = HULL_GAINED.replace("'LD' seats='29'", "'LD' seats='30'")
    await night.take({"nominations.xml": HULL_HELD, "larger.xml": larger})
    assert night.reasons == {"larger.xml": ["the seats add up to 58, the council has 57"]}


async def test_seats_missing_that_could_decide(night: AtWork) -> None:
    fewer = HULL_GAINED.replace("'Lab' seats='27'", "'Lab' seats='20'").replace(
        "'LD' seats='29'", "'LD' seats='28'"
    )
    await night.take({"nominations.xml": HULL_HELD, "fewer.xml": fewer})
    assert night.reasons == {
        "fewer.xml": [
            "the seats add up to 49, the council has 57: "
            "the missing ones could decide who controls it"
        ]
    }


async def test_seats_missing_that_could_not_decide_only_warn(night: AtWork) -> None:
    fewer = HULL_GAINED.replace("'Lab' seats='27'", "'Lab' seats='26'")
    await night.take({"nominations.xml": HULL_HELD, "fewer.xml": fewer})
    assert night.outcome("Hull") == "Lab > LD, gain"
    assert "the seats add up to 56, the council has 57" in night.warnings["fewer.xml"]


async def test_the_winner_disagrees_with_the_seats(night: AtWork) -> None:
    wrong = HULL_GAINED.replace("winningParty='LD'", "winningParty='C'")
    await night.take({"wrong.xml": wrong})
    assert night.reasons["wrong.xml"] == [
        "the result says Conservative, its own seats say otherwise (29 of 57)"
    ]


async def test_the_outcome_disagrees_with_the_sitting_party(night: AtWork) -> None:
    wrong = HULL_GAINED.replace("sittingParty='Lab'", "sittingParty='LD'")
    await night.take({"wrong.xml": wrong})
    assert night.reasons["wrong.xml"] == [
        'the result says "gain", but Liberal Democrat to Liberal Democrat is "no change"'
    ]


# Parties


async def test_one_party_under_two_names_is_one(elsewhen: AtWork) -> None:
    two = result(
        "name='Thurrock' proportion='third' winningParty='UKIP' gainOrHold='gain' "
        "sittingParty='NOC'", elected("UKIP 9, Lab 7"),
        now("UK Independence Party 14, United Kingdom Independence Party 11, Lab 20, C 4"),
        on=ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"two.xml": two})
    assert elsewhen.reasons == {}
    standing = elsewhen.standing("Thurrock")
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.now == {"UKIP": 25, "Lab": 20, "Con": 4}


async def test_a_party_that_the_desk_has_named_gets_through_under_its_name(
    elsewhen: AtWork,
) -> None:
    await elsewhen.take(
        {
            "nominations.xml": nominations(
                "name='Rugby' proportion='third'",
                ["Save Our Station (SOS) 12 5 0", "Labour (Lab) 27 9 0", "Vacant 3 1 0"],
                ELSEWHEN,
            ),
            "result.xml": result(
                "name='Rugby' proportion='third' winningParty='SOS' gainOrHold='gain' "
                "sittingParty='Lab'", elected("SOS 15"), changes("SOS +10, Lab -9, Vacant -1"),
                now("SOS 22, Lab 18, Vacant 2"), on=ELSEWHEN,
            ),
        }
    )  # fmt: skip
    assert elsewhen.outcome("Rugby") == "Lab > wire:save our station, gain"
    assert elsewhen.reasons == {}
    assert elsewhen.warnings == {}
    assert elsewhen.alerts == ["change of hands: Rugby to Save Our Station"]


async def test_ids_mean_nothing(night: AtWork) -> None:
    """Labour's `paId` is another's in the next document, and the council's has changed as well."""
    swapped = HULL_GAINED.replace("name='Lab'", "name='Lab' paId='803'").replace(
        "name='LD'", "name='LD' paId='802'"
    )
    await night.take({"nominations.xml": HULL_HELD.replace("Lab'", "Lab' paId='802'")})
    await night.take({"result.xml": swapped.replace("<Council ", "<Council paId='1' ")})
    assert night.outcome("Hull") == "Lab > LD, gain"


async def test_absent_null_and_empty_blocks(elsewhen: AtWork) -> None:
    blocks: dict[str, dict[str, object]] = {
        "absent": {},
        "null": {"Changes": None, "ElectedCouncillors": None},
        "empty": {"Changes": {}, "ElectedCouncillors": {"Party": []}},
    }
    for (name, given), council in zip(blocks.items(), ("Bury", "Oldham", "Wigan"), strict=True):
        size = almanac().councils.resolve(council, ELSEWHEN).seats or 0
        seats = {
            "Party": [{"@name": "Lab", "@seats": str(size - 20)}, {"@name": "C", "@seats": "20"}]
        }
        body = {
            "@name": council, "@proportion": "third", "@winningParty": "Lab",
            "@gainOrHold": "no change", "@sittingParty": "Lab", **given, "NewCouncil": seats,
        }  # fmt: skip
        election = {"@date": str(ELSEWHEN), "Council": body}
        text = json.dumps({"LocalElectionResult": {"@revision": "1", "Election": election}})
        await elsewhen.take({f"{name}.json": text})
        assert elsewhen.outcome(council) == "Lab > Lab, hold"
        assert elsewhen.warnings[f"{name}.json"] == ["the seats won tonight are not given"]


async def test_a_block_that_stands_there_twice_is_not_chosen_from(night: AtWork) -> None:
    twice = HULL_GAINED.replace("</Council>", now("Lab 57") + "</Council>")
    await night.take({"twice.xml": twice})
    (fault,) = night.reasons["twice.xml"]
    assert "it has NewCouncil 2 times, and which counts is not said." in fault
    assert night.outcome("Hull") is None


# Councils


async def test_a_council_that_nobody_introduces_waits_for_its_nominations(elsewhen: AtWork) -> None:
    council = "name='Newford-upon-Sea' proportion='all'"
    await elsewhen.take(
        {
            "result.xml": result(
                f"{council} winningParty='C' gainOrHold='gain' sittingParty='Lab'",
                now("C 20, Lab 10"), on=ELSEWHEN,
            )
        }
    )  # fmt: skip
    assert elsewhen.reasons == {
        "result.xml": [
            "neither our tables nor the night's nominations know a council named Newford-upon-Sea"
        ]
    }
    assert elsewhen.reader.councils(ELSEWHEN) == ()
    await elsewhen.take(
        {
            "nominations.xml": nominations(
                council, ["Labour (Lab) 16 16 0", "Conservative (C) 14 14 0"], ELSEWHEN
            )
        }
    )
    assert elsewhen.verdicts == {"result.xml": "accepted", "nominations.xml": "accepted"}
    assert elsewhen.alerts == ["change of hands: Newford-upon-Sea to Conservative"]


async def test_a_council_by_its_older_and_other_names(elsewhen: AtWork) -> None:
    for name in ("Hull City Council", "Kingston upon Hull, City of", "kingston-upon-hull"):
        text = HULL_GAINED.replace("Kingston-upon-Hull", name).replace(str(NIGHT), str(ELSEWHEN))
        await elsewhen.take({f"{name}.xml": text})
    assert [one.council.code for one in elsewhen.reader.councils(ELSEWHEN)] == ["KHL"]
    assert sorted(elsewhen.verdicts.values()) == ["accepted", "duplicate", "duplicate"]


# Times and tests


async def test_a_result_before_polls_close(night: AtWork) -> None:
    await night.take({"early.xml": HULL_GAINED}, minutes=-1)
    assert night.reasons == {
        "early.xml": [
            "the result came in at 21:59 on 05 May 2022, "
            "before polls closed at 22:00 on 05 May 2022"
        ]
    }
    await night.take({"on_time.xml": HULL_GAINED.replace("'1'", "'2'", 1)}, minutes=0)
    assert night.outcome("Hull") == "Lab > LD, gain"


async def test_unopposed_returns_before_polls_close(elsewhen: AtWork) -> None:
    council = "name='Tandridge' proportion='third'"
    held = ["Conservative (C) 28 10 10", "Liberal Democrat (LD) 14 4 4"]
    returned = result(
        f"{council} winningParty='C' gainOrHold='no change' sittingParty='C'",
        elected("C 10, LD 4"), changes(""), now("C 28, LD 14"), on=ELSEWHEN,
    )  # fmt: skip
    documents = {"nominations.xml": nominations(council, held, ELSEWHEN), "result.xml": returned}
    await elsewhen.take(documents, minutes=-600)
    assert elsewhen.outcome("Tandridge") == "Con > Con, hold"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Local_result_Test_Hull_1.xml", HULL_GAINED),
        ("a.xml", HULL_GAINED.replace("<Election ", "<Election name='May elections Test' ")),
    ],
)
async def test_test_documents_never_count(night: AtWork, name: str, text: str) -> None:
    await night.take({name: text})
    assert night.reasons == {
        name: ["it is marked as test material, which a live night does not take in"]
    }
    assert (night.outcome("Hull"), night.alerts) == (None, [])


async def test_test_valley_is_no_test(elsewhen: AtWork) -> None:
    text = HULL_GAINED.replace("Kingston-upon-Hull", "Test Valley")
    await elsewhen.take(
        {"Local_result_Test_Valley_1.xml": text.replace("2022-05-05", "2018-05-03")}
    )
    assert elsewhen.outcome("Test Valley") == "Lab > LD, gain"


# Wards: Newford has nine seats, three of which are up


NEWFORD = nominations(
    "name='Newford' proportion='third'",
    ["Labour (Lab) 5 2 0", "Liberal Democrat (LD) 4 1 0", "Newford First (NF) 0 0 0"],
    ELSEWHEN,
)
WARDS = ("Abbey", "Beacon", "Castle")


def ballot(ward: str, *winners: str, minute: int = 0, **said: object) -> dict[str, object]:
    """A ballot of one seat, for which Greens stand as well; without a winner it is not known."""
    parties = [*winners, "Green Party"]
    return {
        "ballot_paper_id": f"local.newford.{ward.lower()}.{ELSEWHEN}",
        "election": {"name": "Newford local election", "election_date": str(ELSEWHEN)},
        "post": {"id": f"newford:{ward.lower()}", "label": ward},
        "winner_count": 1,
        "cancelled": False,
        "uncontested": False,
        "last_updated": f"2018-05-04T00:{minute:02}:00+00:00",
        "candidacies": [
            {
                "elected": (number < len(winners)) if winners else None,
                "party_name": party,
                "person": {"name": f"{party} {number}"},
            }
            for number, party in enumerate(parties)
        ],
        **said,
    }


def page(*ballots: dict[str, object]) -> str:
    return json.dumps({"count": len(ballots), "results": ballots})


def gained(minute: int = 0) -> list[dict[str, object]]:
    """Lib Dems gain one of Labour's two, and with it the council: 5 of 9."""
    return [
        ballot("Abbey", "Liberal Democrats", minute=minute),
        ballot("Beacon", "Liberal Democrats", minute=minute),
        ballot("Castle", "Labour Party", minute=minute),
    ]


async def newford(night: AtWork, *documents: str) -> None:
    await night.take({"nominations.xml": NEWFORD})
    for number, text in enumerate(documents):
        await night.take({f"page_{number}.json": text})


async def test_a_council_by_its_wards_once_all_have_declared(elsewhen: AtWork) -> None:
    wards = gained()
    await newford(elsewhen, page(*wards[:2], ballot("Castle")))
    assert elsewhen.outcome("Newford") is None
    await elsewhen.take({"last.json": page(ballot("Castle", "Labour Party", minute=9))})
    assert elsewhen.claims("Newford") == ["1 declared: Lab > LD, gain"]


async def test_a_cancelled_poll_leaves_its_seat_empty(elsewhen: AtWork) -> None:
    called_off = ballot("Castle", minute=5, cancelled=True)
    await newford(elsewhen, page(*gained()[:2], called_off))
    standing = elsewhen.standing("Newford")
    assert standing is not None
    # 5 of 8 filled and of 9 seats are a majority: the empty one does not decide.
    assert elsewhen.outcome("Newford") == "Lab > LD, gain"


async def test_a_poll_that_is_cancelled_may_decide(elsewhen: AtWork) -> None:
    wards = [
        ballot("Abbey", "Labour Party"),
        ballot("Beacon", "Liberal Democrats"),
        ballot("Castle", cancelled=True),
    ]
    await newford(elsewhen, page(*wards))
    assert elsewhen.outcome("Newford") == "Lab > NOC, loss to NOC"


async def test_a_replaced_ballot_and_a_by_election_do_not_count(elsewhen: AtWork) -> None:
    castle = f"local.newford.castle.{ELSEWHEN}"
    replaced = ballot("Castle", minute=30, replaced_by=castle + "x")
    again = ballot("Castle", "Labour Party", ballot_paper_id=castle + "x", replaces=castle)
    by = ballot("Abbey", "Labour Party", ballot_paper_id=f"local.newford.abbey.by.{ELSEWHEN}")
    await newford(elsewhen, page(*gained()[:2], replaced, again, by))
    standing = elsewhen.standing("Newford")
    assert standing is not None
    assert standing.declared is not None
    assert standing.declared.now == {"LD": 5, "Lab": 4}
    assert elsewhen.outcome("Newford") == "Lab > LD, gain"


async def test_one_local_party_with_the_majority_is_named(elsewhen: AtWork) -> None:
    held = nominations(
        "name='Newford' proportion='all'",
        ["Labour (Lab) 3 3 0", "Independent/Other (Ind) 0 0 0"], ELSEWHEN,
    )  # fmt: skip
    wire = result(
        "name='Newford' proportion='all' winningParty='Ind' gainOrHold='gain' sittingParty='Lab'",
        now("Ind 2, Lab 1"), on=ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"nominations.xml": held, "result.xml": wire})
    assert elsewhen.outcome("Newford") == "Lab > Ind, gain"
    wards = [ballot("Abbey", "Aspire"), ballot("Beacon", "Aspire"), ballot("Castle", "Labour")]
    await elsewhen.take({"page.json": page(*wards)})
    assert elsewhen.outcome("Newford") == "Lab > Asp, gain"


async def test_a_ward_by_code_then_by_name_and_one_that_is_none(night: AtWork) -> None:
    def hull(post: str, label: str) -> dict[str, object]:
        one = ballot(label, "Liberal Democrats", minute=1)
        return one | {
            "ballot_paper_id": f"local.hull.{label.split(maxsplit=1)[0].lower()}.{NIGHT}",
            "election": {"name": "Hull local election", "election_date": str(NIGHT)},
            "post": {"id": post, "label": label},
            "last_updated": "2022-05-06T01:00:00+00:00",
        }

    by_code, by_name = hull("gss:E05011525", "Avenue (renamed)"), hull("x:1", "Beverley & Newland")
    stranger = hull("x:2", "Avenues")
    await night.take({"page.json": page(by_code, by_name, stranger)})
    # Avenue has been heard of: it is no answer to who Avenues are.
    assert night.reasons == {"page.json": ["our table has no ward Avenues in Kingston upon Hull"]}
    standing = night.standing("Hull")
    assert standing is not None
    assert sum(ward.declared for ward in standing.wards) == 2


# Corrections of the other formats


def entry(ward: str, party: str, minute: int, *, retraction: int = 0) -> str:
    return (
        f"<entry><id>{ward}-{party}-{minute}</id><title>{party} ({party}) won in {ward}</title>"
        f"<updated>2018-05-04T00:{minute:02}:00+00:00</updated>"
        f"<retraction>{retraction}</retraction>"
        f"<election_slug>local.newford.{ELSEWHEN}</election_slug>"
        f"<election_name>Newford local election</election_name>"
        f"<post_id>newford:{ward.lower()}</post_id><post_name>{ward}</post_name>"
        f"<winner_person_id>{ward}-{party}</winner_person_id>"
        f"<winner_party_id></winner_party_id><winner_party_name>{party}</winner_party_name></entry>"
    )


def feed(*entries: str) -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>"


async def test_a_retraction_takes_the_claim_back(elsewhen: AtWork) -> None:
    await newford(elsewhen, page(*(ballot(ward) for ward in WARDS)))
    told = [entry("Abbey", "Liberal Democrats", 1), entry("Castle", "Labour Party", 2)]
    await elsewhen.take({"1.atom": feed(*told, entry("Beacon", "Liberal Democrats", 3))})
    await elsewhen.take({"2.atom": feed(entry("Beacon", "Liberal Democrats", 4, retraction=1))})
    await elsewhen.take({"3.atom": feed(entry("Beacon", "Labour Party", 5))})
    assert elsewhen.claims("Newford") == [
        "1 declared: Lab > LD, gain", "2 retracted", "3 declared: Lab > Lab, hold",
    ]  # fmt: skip
    assert elsewhen.alerts[:2] == [
        "change of hands: Newford to Liberal Democrat", "retraction: Newford to None",
    ]  # fmt: skip


def site(castle: str) -> str:
    winners = {"Abbey": "Liberal Democrats", "Beacon": "Liberal Democrats", "Castle": castle}
    candidates = "".join(
        f"<candidate><areatitle>{ward}</areatitle><candidatename>Jo Bloggs</candidatename>"
        f"<numvotes>900</numvotes><politicalpartytitle>{party}</politicalpartytitle>"
        "<iselected>True</iselected></candidate>"
        for ward, party in winners.items()
    )
    areas = "".join(
        f"<electionarea><title>{ward}</title><numseats>1</numseats><status>Published</status>"
        "<electorate>0</electorate><numballotpapersissued>0</numballotpapersissued></electionarea>"
        for ward in winners
    )
    return (
        f"<election><candidates>{candidates}</candidates>"
        f"<electionareas>{areas}</electionareas></election>"
    )


async def test_an_area_that_changes_on_a_councils_site(elsewhen: AtWork) -> None:
    name = f"modern_gov_Newford_397_{ELSEWHEN}.xml"
    await newford(elsewhen)
    await elsewhen.take({name: site("Labour Party")})
    await elsewhen.take({name: site("Liberal Democrats")})  # more of the same: mere evidence
    assert elsewhen.claims("Newford") == ["1 declared: Lab > LD, gain"]
    await elsewhen.take({name: site("Labour Party").replace("Liberal Democrats", "Labour Party")})
    assert elsewhen.claims("Newford")[1:] == ["2 corrected: Lab > Lab, hold"]


def nist(status: str, beacon: str, generated: str = "2018-05-04T00:10:00Z") -> str:
    def text(words: str) -> dict[str, object]:
        return {"Text": [{"Language": "en", "Content": words}]}

    parties = {"Abbey": "Liberal Democrats", "Beacon": beacon, "Castle": "Labour Party"}
    return json.dumps(
        {
            "@type": "ElectionResults.ElectionReport",
            "Status": status,
            "GeneratedDate": generated,
            "Issuer": "Newford",
            "Party": [{"@id": p, "Name": text(p)} for p in sorted(set(parties.values()))],
            "GpUnit": [
                {
                    "@id": "n", "Type": "borough", "Name": text("Newford"),
                    "ComposingGpUnitIds": list(parties),
                },
                *({"@id": ward, "Type": "ward", "Name": text(ward)} for ward in parties),
            ],
            "Election": [
                {
                    "Name": text("Local elections"),
                    "StartDate": str(ELSEWHEN),
                    "Candidate": [
                        {
                            "@id": f"c.{ward}", "BallotName": text("Jo Bloggs"), "PartyId": party,
                            "PostElectionStatus": "winner",
                        }
                        for ward, party in parties.items()
                    ],
                    "Contest": [
                        {
                            "@id": f"k.{ward}", "@type": "ElectionResults.CandidateContest",
                            "Name": ward, "ElectionDistrictId": ward, "NumberElected": 1,
                            "ContestSelection": [
                                {"@id": f"s.{ward}", "CandidateIds": [f"c.{ward}"]}
                            ],
                        }
                        for ward in parties
                    ],
                }
            ],
        }
    )  # fmt: skip


@pytest.mark.parametrize("status", ["correction", "recount"])
async def test_a_correction_and_a_recount_of_the_same_moment(elsewhen: AtWork, status: str) -> None:
    await newford(elsewhen)
    await elsewhen.take({"1.json": nist("unofficial-complete", "Liberal Democrats")})
    await elsewhen.take({"2.json": nist(status, "Labour Party")})
    await elsewhen.take({"1_again.json": nist("unofficial-complete", "Liberal Democrats")})
    assert elsewhen.claims("Newford") == [
        "1 declared: Lab > LD, gain", "2 corrected: Lab > Lab, hold",
    ]  # fmt: skip


SHEET = "council,party,seats_won,seats_now,control,declared_at,note\n"


async def test_a_row_of_the_desks_sheet_that_changes(elsewhen: AtWork) -> None:
    name = f"desk_sheet_{ELSEWHEN}.csv"
    await newford(elsewhen)
    await elsewhen.take({name: SHEET + "Newford,LD,2,5,LD,01:10,\nNewford,Lab,1,4,LD,01:10,\n"})
    await elsewhen.take({name: SHEET + "Newford,LD,1,4,Lab,01:10,\nNewford,Lab,2,5,Lab,01:10,\n"})
    assert elsewhen.claims("Newford") == [
        "1 declared: Lab > LD, gain", "2 corrected: Lab > Lab, hold",
    ]  # fmt: skip


async def test_two_sources_that_spell_parties_differently_do_not_dispute(elsewhen: AtWork) -> None:
    coded = [one | {"candidacies": _with_codes(one)} for one in gained()]
    await newford(elsewhen, page(*coded))
    await elsewhen.take({f"modern_gov_Newford_397_{ELSEWHEN}.xml": site("Labour Party")})
    standing = elsewhen.standing("Newford")
    assert standing is not None
    assert standing.declared is not None
    assert [voice.agrees for voice in standing.declared.voices] == [True, True]
    assert elsewhen.claims("Newford") == ["1 declared: Lab > LD, gain"]


def _with_codes(one: dict[str, object]) -> list[dict[str, object]]:
    codes = {"Liberal Democrats": "PP90", "Labour Party": "PP53", "Green Party": "PP63"}
    found = []
    for candidacy in one["candidacies"]:  # type: ignore[attr-defined]
        party = candidacy["party_name"]
        found.append({**candidacy, "party": {"ec_id": codes[party], "name": party}})
    return found


async def test_what_was_held_before_hangs_on_vacancies(elsewhen: AtWork) -> None:
    """Labour had 4 of 8 seats, and of 7 filled: whether it loses or holds, nobody can compute."""
    held = nominations(
        "name='Newford' proportion='third'",
        ["Labour (Lab) 4 2 0", "Liberal Democrat (LD) 3 0 0", "Vacant 1 1 0"], ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"nominations.xml": held, "page.json": page(*gained())})
    assert elsewhen.claims("Newford") == ["1 declared: LD, before not known"]
    told = ["before not known: Newford to Liberal Democrat"]
    assert elsewhen.alerts == told
    wire = result(
        "name='Newford' proportion='third' winningParty='LD' gainOrHold='gain' sittingParty='Lab'",
        elected("LD 2, Lab 1"), now("LD 5, Lab 3"), on=ELSEWHEN,
    )  # fmt: skip
    await elsewhen.take({"result.xml": wire})
    assert elsewhen.claims("Newford") == [
        "1 declared: LD, before not known", "2 completed: Lab > LD, gain",
    ]  # fmt: skip
    assert elsewhen.alerts == told
