"""The votes by party of each ward's last contest in the source, where the ward is still the same.

The same means: the same code, which changes with a ward's boundaries, and a like name, in a council
that is neither new nor has new boundaries. They are counted as for a party's share of the vote (`bot/election/votes.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from bot.election.parties import INDEPENDENT, folded
from bot.election.places import alike
from tools.data.last_fought import FOUGHT_ON
from tools.data.night_2022 import LEAP_PARTIES
from tools.data.scotland import Scotland
from tools.data.sources import Sources
from tools.data.wards import Wards
from tools.data.writing import Cell

COLUMNS = "ward,fought_on,party,votes"

_PARTIES = LEAP_PARTIES | {
    code: code for code in ("UKIP", "TUSC", "Yorks", "CIIP", "KIRG", "SDP", "Lib")
} | {"Aspire": "Asp", "TWellsA": "TWA"}
"""The source's codes of parties that our table has too; all others are among those of no party."""

_Contest = list[list[str]]


def last_vote_rows(sources: Sources, wards: Wards, scotland: Scotland) -> Iterator[dict[str, Cell]]:
    """Yield a row a ward and party, of the later of the two years that the source has."""
    before: dict[str, tuple[str, _Contest]] = {}
    for year, fought_on in sorted(FOUGHT_ON.items()):
        contests: defaultdict[str, _Contest] = defaultdict(list)
        for candidate in sources.leap(year):
            contests[candidate[3]].append(candidate)
        before |= {ward: (fought_on, contest) for ward, contest in contests.items()}
    same = {
        code
        for code, council in wards.night.councils.items()
        if not council.is_new and not council.boundary_change
    }
    tonight = [
        *((row["ballot_id"], row, False) for row in wards.rows()),
        *((row["ward"], row, True) for row in scotland.ward_rows()),
    ]
    for ward, row, transferable in tonight:
        fought_on, contest = before.get(str(row["gss"]), ("", []))
        if row["code"] not in same or not contest:
            continue
        if not alike(folded(str(row["name"])), folded(contest[0][2])):
            continue
        votes = _votes(contest, transferable=transferable)
        for party, number in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
            yield {"ward": ward, "fought_on": fought_on, "party": party, "votes": number}


def _votes(contest: Iterable[list[str]], *, transferable: bool) -> Counter[str]:
    """Return the votes by party, none where anybody's are missing or there was no poll."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    seats = 0
    for _, _, _, _, _, party, votes, elected in contest:
        if not votes.isdigit():
            return Counter()
        groups[_PARTIES.get(party, INDEPENDENT), party].append(int(votes))
        seats += elected == "1"
    found: Counter[str] = Counter()
    for (party, _), numbers in groups.items():
        found[party] += sum(numbers) if transferable or seats == 1 else max(numbers)
    return +found
