"""Composes PA's documents of a night: nominations, results and states of parties.

The identifiers (`paId`) are made up, as they mean nothing beyond one election.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

from bot.almanac.rows import NightCouncilRow, NominationRow
from bot.election.parties import VACANT
from bot.election.reports import Proportion
from bot.feeds.elements import Element
from simulation.wire.night import Figures, Night

_ELECTION_ID = "901"
_FIRST_COUNCIL_ID = 7001
_FIRST_PARTY_ID = 801
_SEPARATORS = re.compile(r"[ \-&]")


def file_name(kind: str, name: str, suffix: str = "") -> str:
    """Return a document's file name the way that PA writes it: `Local_result_Oakmere_1.xml`."""
    return f"Local_{kind}_{_SEPARATORS.sub('_', name)}{suffix}.xml"


class Composer:
    """Composes the documents of one night."""

    def __init__(self, night: Night) -> None:
        self._night = night
        self._council_ids = {
            code: str(number) for number, code in enumerate(night.councils, _FIRST_COUNCIL_ID)
        }
        self._party_ids = {
            code: str(number) for number, code in enumerate(night.parties, _FIRST_PARTY_ID)
        }

    def nominations(self, code: str) -> Element:
        """Return who sits and stands in a council."""
        council = self._council(self._night.councils[code])
        for row in self._night.nominations.get(code, ()):
            council.children.append(
                Element(
                    "Party",
                    {
                        **self._names(row.party),
                        "paId": self._party_ids[row.party],
                        "seatsHeld": str(row.seats_held),
                        "seatsOffered": str(row.seats_offered),
                        "unopposedReturns": str(row.unopposed),
                        **_candidates(row),
                    },
                )
            )
        return Element("LocalElectionNominations", {}, [self._election(council)])

    def result(self, figures: Figures, revision: int) -> Element:
        """Return a council's result."""
        row = figures.council
        council = self._council(
            row,
            winningParty=self._night.abbreviation(figures.winner),
            gainOrHold=_gain_or_hold(figures),
            sittingParty=self._night.abbreviation(figures.sitting),
        )
        parties = sorted(figures.parties, key=lambda party: (party.party == VACANT, -party.now))
        if row.proportion is not Proportion.ALL:
            council.children.append(
                self._block(
                    "ElectedCouncillors",
                    "seats",
                    {party.party: str(party.won) for party in parties if party.won},
                )
            )
        if not row.new_council:
            council.children.append(
                self._block(
                    "Changes",
                    "change",
                    {party.party: f"{party.change:+d}" for party in parties if party.change},
                )
            )
        council.children.append(
            self._block(
                "NewCouncil",
                "seats",
                {party.party: str(party.now) for party in parties if party.now},
            )
        )
        return Element(
            "LocalElectionResult", {"revision": str(revision)}, [self._election(council)]
        )

    def state_of_parties(self, declared: Collection[Figures], region: str | None = None) -> Element:
        """Return the table over the councils *declared*, all of a *region* if one is given.

        Where the wire sends regional tables, the national one is that of region "All". The wire
        counts a new council as a gain from no overall control, and its seats as no change.
        """
        voting = [
            code for code in self._night.councils if region in (None, self._night.regions.get(code))
        ]
        named = {"region": region or "All"} if self._night.comes_as_array else {}
        councils: defaultdict[str | None, int] = defaultdict(int)
        council_changes: defaultdict[str | None, int] = defaultdict(int)
        won: defaultdict[str | None, int] = defaultdict(int)
        seat_changes: defaultdict[str | None, int] = defaultdict(int)
        for figures in declared:
            councils[figures.winner] += 1
            council_changes[figures.winner] += 1
            council_changes[figures.sitting] -= 1
            for party in figures.parties:
                won[party.party] += party.won
                seat_changes[party.party] += party.change or 0
        present = {None, *councils, *council_changes, *won} - {VACANT}
        rows = [
            Element(
                "Party",
                {
                    **self._identity(code),
                    "totalCouncils": str(councils[code]),
                    "changeInControl": _signed(council_changes[code]),
                    "seatsWon": str(won[code]),
                    "netChangeInSeats": _signed(seat_changes[code]),
                },
            )
            for code in sorted(
                present, key=lambda code: (code is None, -councils[code], -won[code], code or "")
            )
        ]
        return Element(
            "LocalStateOfParties",
            {
                "numberOfResults": str(len(declared)),
                "totalNumberOfCouncils": str(len(voting)),
                **named,
            },
            [
                Element("Election", {"date": self._night.date, "paId": _ELECTION_ID}),
                Element("Parties", {}, rows),
                Element(
                    "CouncilsIncluded",
                    {},
                    [self._council(figures.council) for figures in declared],
                ),
            ],
        )

    def _election(self, council: Element) -> Element:
        return Element("Election", {"date": self._night.date, "paId": _ELECTION_ID}, [council])

    def _council(self, row: NightCouncilRow, **result: str) -> Element:
        flags = (("boundaryChange", row.boundary_change), ("newCouncil", row.new_council))
        return Element(
            "Council",
            {
                "name": row.wire_name,
                "paId": self._council_ids[row.code],
                "type": row.wire_type,
                "proportion": row.proportion.value if row.proportion else "",
                **{name: "true" for name, is_set in flags if is_set},
                **result,
            },
        )

    def _block(self, name: str, attribute: str, numbers: Mapping[str, str]) -> Element:
        return Element(
            name,
            {},
            [
                Element(
                    "Party",
                    {
                        "name": self._night.abbreviation(code),
                        "paId": self._party_ids[code],
                        attribute: number,
                    },
                )
                for code, number in numbers.items()
            ],
        )

    def _identity(self, code: str | None) -> dict[str, str]:
        if code is None:
            return {"name": "No Overall Control", "abbreviation": "NOC"}
        return {"paId": self._party_ids[code], **self._names(code)}

    def _names(self, code: str) -> dict[str, str]:
        return {
            "name": self._night.parties[code].name,
            "abbreviation": self._night.abbreviation(code),
        }


def _candidates(row: NominationRow) -> dict[str, str]:
    return {} if row.candidates is None else {"candidates": str(row.candidates)}


def _gain_or_hold(figures: Figures) -> str:
    if figures.winner == figures.sitting:
        return "no change"
    return "gain" if figures.winner is not None else "lose to NOC"


def _signed(number: int) -> str:
    return f"{number:+d}" if number else "0"
