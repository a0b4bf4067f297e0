"""What a night's tables will let the bot declare, before anything has come in."""

from __future__ import annotations

from collections.abc import Sequence

from bot.election.almanac import CouncilElection, NightAlmanac, WardSeat


def not_from_wards(night: NightAlmanac, code: str) -> str | None:
    """Return in a phrase why wards alone will not decide a council, None where they will.

    They do where the size is known, and so are the seats that are not up (`bot.election.wards`).
    """
    election, wards = night.elections[code], night.wards.get(code, ())
    if not wards:
        return "no table says which wards vote"
    if empty := [ward.name for ward in wards if not ward.seats]:
        return f"how many seats {empty[0]} elects is not known"
    if election.seats is None:
        return "its size is not known"
    return _wrong_size(election, wards)


def _wrong_size(election: CouncilElection, wards: Sequence[WardSeat]) -> str | None:
    up = sum(ward.seats for ward in wards)
    if election.all_up:
        if up != election.seats:
            return f"its wards have {up} seats, the council {election.seats}"
        return None
    if election.staying is None:
        return "who holds the seats that are not up is not known"
    if election.seats_up is not None and election.seats_up < up:
        return f"its wards have {up} seats, of which {election.seats_up} are up"
    staying, tonight = election.staying.total, election.seats_up or up
    if staying + tonight != election.seats:
        return f"{staying} seats stay and {tonight} are up, of {election.seats}"
    return None
