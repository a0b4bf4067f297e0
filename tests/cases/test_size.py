"""A council's size: nominations may leave out a vacant seat that our table and the result have."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cases.oakmere import NIGHT, NOMINATIONS, almanac, ballots, page
from tests.cases.support import Documents, change_of, taken_in

WITHOUT_A_VACANCY = NOMINATIONS.replace("seatsHeld='10'", "seatsHeld='9'")
"""17 of the 18 seats that Oakmere has."""
Form = Callable[[dict[str, int], str, str], Documents]
SAID = {"type": "Non-Met", "proportion": "third", "sittingParty": "C"}


def xml(now: dict[str, int], winner: str, said: str) -> Documents:
    seats = "".join(f"<Party name='{party}' seats='{n}'/>" for party, n in now.items())
    about = " ".join(f"{name}='{value}'" for name, value in SAID.items())
    return {
        "result.xml": f"<LocalElectionResult revision='1'><Election date='{NIGHT}'>"
        f"<Council name='Oakmere' {about} winningParty='{winner}' gainOrHold='{said}'>"
        f"<NewCouncil>{seats}</NewCouncil></Council></Election></LocalElectionResult>"
    }


def as_json(now: dict[str, int], winner: str, said: str) -> Documents:
    about = {f"@{name}": value for name, value in SAID.items()}
    seats = {"Party": [{"@name": party, "@seats": f"{n}"} for party, n in now.items()]}
    about |= {"@winningParty": winner, "@gainOrHold": said}
    council = {"@name": "Oakmere", **about, "NewCouncil": seats}
    election = {"@date": f"{NIGHT}", "Council": council}
    return {
        "result.json": json.dumps({"LocalElectionResult": {"@revision": "1", "Election": election}})
    }


@pytest.mark.parametrize("form", [xml, as_json])
def test_a_result_of_the_tables_size_is_believed_where_nominations_leave_a_seat_out(
    form: Form,
) -> None:
    result = form({"Lab": 10, "C": 8}, "Lab", "gain")
    told = taken_in({"0.xml": WITHOUT_A_VACANCY, **result}, almanac=almanac())
    assert told["held"] == []
    assert (change_of(told, "Oakmere") or {})["total"] == 18


@pytest.mark.parametrize("form", [xml, as_json])
@pytest.mark.parametrize("now", [{"Lab": 10, "C": 9}, {"Lab": 9, "C": 7}])
def test_a_result_of_no_size_that_anything_tells_is_held_where_it_could_decide(
    form: Form, now: dict[str, int]
) -> None:
    result = form(now, "Lab", "gain")
    told = taken_in({"0.xml": WITHOUT_A_VACANCY, **result}, almanac=almanac())
    assert (len(told["held"]), told["alerts"]) == (1, [])


def test_wards_are_not_added_up_to_less_than_the_tables_size() -> None:
    """9 of 17 is more than half, and 9 of all 18 is not."""
    told = taken_in({"0.xml": WITHOUT_A_VACANCY, "1.json": page(*ballots())}, almanac=almanac())
    assert told["alerts"] == []
    assert told["councils"]["declared"] == 0
