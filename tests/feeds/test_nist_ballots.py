"""Mayors, the Assembly and referendums in NIST SP 1500-100, and votes after each round."""

from __future__ import annotations

from typing import Any

from bot.election.reports import BallotKind, BallotReport, WardReport
from tests.feeds.test_nist import CONTEST, REPORT, changed, taken, ward, words

Document = dict[str, Any]


def rounds(number: int, *votes: float) -> Document:
    return {
        "@id": f"s{number}",
        "CandidateIds": [f"c{number}"],
        "VoteCounts": [
            {"Type": "total", "Round": place, "Count": one} for place, one in enumerate(votes, 1)
        ],
    }


def contest(**said: object) -> Document:
    one = REPORT["Election"][0]["Contest"][0] | said
    return changed("Election.0.Contest.0", one)


def taken_contest(document: Document) -> BallotReport:
    found = taken(document)
    assert found.faults == ()
    [report] = found.reports
    assert isinstance(report, BallotReport)
    return report


def test_a_mayor_has_the_votes_of_both_rounds() -> None:
    report = taken_contest(
        contest(
            OfficeIds=["m"],
            ElectionDistrictId="hull",
            ContestSelection=[rounds(1, 33_413, 38_612), rounds(2, 31_352, 38_023)],
        )
    )
    assert (report.kind, report.area) == (BallotKind.MAYOR, "Kingston upon Hull")
    assert [one.votes for one in report.candidates] == [(33_413, 38_612), (31_352, 38_023)]
    assert [one.elected for one in report.candidates] == [True, False]


def test_a_constituency_is_told_count_by_count() -> None:
    document = contest(
        OfficeIds=["a"],
        NumberElected=2,
        ContestSelection=[rounds(1, 7_253, 7_209), rounds(2, 5_281, 5_315.2)],
    )
    document["Office"].append({"@id": "a", "Name": words("Northern Ireland Assembly")})
    document["Status"] = "unofficial-partial"
    report = taken_contest(document)
    assert (report.kind, report.seats, report.complete) == (BallotKind.ASSEMBLY, 2, False)
    assert [one.votes for one in report.candidates] == [(7_253, 7_209), (5_281, 5_315.2)]
    assert [one.elected for one in report.candidates] == [True, None]


def test_a_ward_has_first_preferences_and_its_counts() -> None:
    report = ward(contest(ContestSelection=[rounds(1, 1_538, 1_320.5), rounds(2, 900)]))
    assert isinstance(report, WardReport)
    assert [(one.first_preferences, one.votes) for one in report.candidates] == [
        (1_538, (1_538, 1_320.5)),
        (900, (900,)),
    ]


def test_a_referendum_s_answer_is_chosen_once_it_is_complete() -> None:
    measure: Document = {
        "@id": "q",
        "@type": "ElectionResults.BallotMeasureContest",
        "ElectionDistrictId": "hull",
        "FullText": words("How?"),
        "ContestSelection": [
            {"Selection": words("Committee"), "VoteCounts": [{"Type": "total", "Count": 9}]},
            {"Selection": words("Mayor"), "VoteCounts": [{"Type": "total", "Count": 7}]},
        ],
    }
    document = changed("Election.0.Contest.0", measure)
    report = taken_contest(document)
    assert (report.question, [one.elected for one in report.candidates]) == ("How?", [True, False])
    document["Status"] = "unofficial-partial"
    assert not taken_contest(document).declared


def test_parts_of_a_round_s_votes_are_not_all_of_them() -> None:
    """By the postal votes alone, told behind the totals, the other answer would be chosen."""

    def answer(name: str, total: int, postal: int) -> Document:
        counts = {"total": total, "absentee": postal}
        rounds = [{"Type": kind, "Round": 1, "Count": count} for kind, count in counts.items()]
        return {"Selection": words(name), "VoteCounts": rounds}

    report = taken_contest(
        contest(
            **{
                "@type": "ElectionResults.BallotMeasureContest",
                "ElectionDistrictId": "hull",
                "FullText": words("How?"),
                "ContestSelection": [answer("Committee", 9, 1), answer("Mayor", 7, 5)],
            }
        )
    )
    assert [(one.name, one.votes) for one in report.winners] == [("Committee", (9,))]


def test_a_recount_is_no_result() -> None:
    document = contest(OfficeIds=["m"], ElectionDistrictId="hull")
    assert taken_contest(document | {"Status": "recount"}).recount


def test_a_count_that_is_no_number_loses_its_contest_alone() -> None:
    broken = rounds(1, 5)
    broken["VoteCounts"][0]["Count"] = "many"
    found = taken(contest(OfficeIds=["m"], ContestSelection=[broken, rounds(2, 4)]))
    assert found.reports == ()
    assert "its Count is 'many'" in found.faults[0]


def test_a_by_election_for_mayor_is_not_the_night_s() -> None:
    found = taken(changed(f"{CONTEST}.Name", "Mayor by-election", contest(OfficeIds=["m"])))
    assert (found.reports, found.passed_over) == ((), 1)
