"""Who won each ward's seats when they were last fought, where the ward is still the same.

The same means: the same code, and as many seats filled as tonight; or more, where all of them went
to one party, so that whichever are up were its. A by-election since is not in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tools.data.night_2022 import LEAP_PARTIES
from tools.data.scotland import Scotland
from tools.data.sources import Sources
from tools.data.wards import Wards
from tools.data.writing import Cell

COLUMNS = "ward,fought_on,party,seats"

FOUGHT_ON = {"2018": "2018-05-03", "2017": "2017-05-04"}


def last_fought_rows(sources: Sources, wards: Wards, scotland: Scotland) -> Iterator[dict[str, Cell]]:
    """Yield a row a ward and party, the later of the two years that the source has."""
    won: dict[str, tuple[str, Counter[str]]] = {}
    for year, fought_on in sorted(FOUGHT_ON.items()):
        by_ward: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for _, _, _, ward, _, party, _, elected in sources.leap(year):
            if ward and elected == "1":
                by_ward[ward][LEAP_PARTIES.get(party, "Ind")] += 1
        won |= {ward: (fought_on, seats) for ward, seats in by_ward.items()}
    tonight = [
        *((row["ballot_id"], row["gss"], row["seats_up"]) for row in wards.rows()),
        *((row["ward"], row["gss"], row["seats_up"]) for row in scotland.ward_rows()),
    ]
    for ward, gss, seats_up in tonight:
        fought_on, seats = won.get(str(gss), ("", Counter()))
        if len(seats) == 1 and seats.total() > int(seats_up or 0):
            seats = Counter(dict.fromkeys(seats, int(seats_up or 0)))
        if seats.total() != seats_up:
            continue
        for party, number in sorted(seats.items(), key=lambda item: (-item[1], item[0])):
            yield {"ward": ward, "fought_on": fought_on, "party": party, "seats": number}
