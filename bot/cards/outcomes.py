"""What became of the seats of a ward or a constituency, in a sentence."""

from __future__ import annotations

from bot.cards.words import number, the_members
from bot.election.parties import Parties
from bot.election.ward_outcomes import SeatOutcome


def seats_sentence(outcome: SeatOutcome, parties: Parties) -> str:
    """Return "Labour gain 2 from the Conservatives; the Conservatives hold 1".

    It has neither capital nor stop. A single seat is gained or held without a number.
    """
    single = sum(one.seats for one in outcome.gained) + sum(n for _, n in outcome.held) == 1
    parts = []
    for gain in outcome.gained:
        source = f" from {_who(gain.source, parties)}" if gain.source else ""
        parts.append(f"{_who(gain.party, parties)} gain{_figure(gain.seats, single)}{source}")
    parts += [f"{_who(code, parties)} lose{_figure(n, single)}" for code, n in outcome.lost]
    parts += [f"{_who(code, parties)} hold{_figure(n, single)}" for code, n in outcome.held]
    return "; ".join(parts)


def _who(code: str, parties: Parties) -> str:
    return the_members(parties.get(code))


def _figure(seats: int, single: bool) -> str:
    return "" if single else f" {number(seats)}"
