"""What the desk's own result of a council has to be, and the errors that say what it is not."""

from __future__ import annotations

from datetime import date

from bot.election.almanac import Almanac
from bot.election.control import Control, control_of, control_of_filled
from bot.election.councils import Council
from bot.election.parties import NOC_NAME
from bot.election.records import CouncilRecord
from bot.election.seats import Composition
from bot.store.desk import DeskAction


class DeskError(Exception):
    """The desk asked for something that cannot be done; the message says why."""


def check_agreement(control: Control, seats: Composition, almanac: Almanac) -> None:
    """Raise `DeskError` if *control* does not follow from *seats*."""
    # The desk may decide by the filled seats (as in Crawley), and call independents NOC.
    by_all, by_filled = control_of(seats), control_of_filled(seats)
    if control in (by_all, by_filled):
        return
    if control.is_noc and by_all.holder is not None:
        holder = almanac.parties.get(by_all.holder)
        if not holder.is_one_party:
            return
    said, given = (_name(one, almanac) for one in (control, by_all))
    raise DeskError(f"Those seats give {given}, not {said}: correct one of the two.")


def _name(control: Control, almanac: Almanac) -> str:
    if control.holder is None:
        return NOC_NAME.lower()
    return almanac.parties.get(control.holder).name


def check_action(
    action: DeskAction,
    night: date,
    council: Council,
    standing: CouncilRecord | None,
    almanac: Almanac,
) -> tuple[str, ...]:
    """Raise `DeskError` if there is a result already, or none to correct; return warnings.

    A result may be the first that is heard of the council on that night.
    """
    declared = standing is not None and standing.after is not None
    if action is DeskAction.RESULT and declared:
        raise DeskError(f"{council.name} has a result: `/desk correct` changes it.")
    if action is not DeskAction.RESULT and not declared:
        raise DeskError(f"{council.name} has not declared: `/desk result` enters a result.")
    if council.code in almanac.night(night).elections or (standing is not None and standing.votes):
        return ()
    if council.known:
        return (
            f"no table, no nominations and no report have {council.name} voting on that night: if "
            "no election decided it, /desk note says how it stands",
        )
    return (f"no source has a council named {council.name}: check the spelling",)


def check_before(
    before: Control, night: date, council: Council, standing: CouncilRecord | None, almanac: Almanac
) -> None:
    """Raise `DeskError` if nobody can have controlled the council *before*: it is new."""
    election = almanac.night(night).election_of(council)
    described = (one for one in (election, standing) if one is not None)
    if any(one.new_council for one in described):
        raise DeskError(
            f"{council.name} is elected for the first time, so nobody controlled it: leave out "
            "`before`."
        )


def check_size(
    night: date,
    council: Council,
    standing: CouncilRecord | None,
    seats: Composition | None,
    almanac: Almanac,
) -> tuple[str, ...]:
    """Raise `DeskError` if seats do not add up to the council's size; return warnings.

    The size may be that of its nominations, our table or a result in force. With new boundaries
    another size only gives a warning.
    """
    election = almanac.night(night).election_of(council)
    held = sum(row.held or 0 for row in standing.seats) if standing else 0
    total = (standing.total if standing else None) or 0
    ours = (election.seats if election else None) or 0
    sizes = {held, total, ours} - {0} or {council.seats or 0} - {0}
    if seats is None or not sizes or seats.total in sizes:
        return ()
    known = " or ".join(map(str, sorted(sizes)))
    described = [one for one in (election, standing) if one is not None]
    if any(one.boundary_change or one.new_council for one in described):
        return (f"the seats add up to {seats.total}, the council had {known} before",)
    vacant = " Give a vacant seat as Vacant 1." if seats.total < min(sizes) else ""
    raise DeskError(
        f"Those seats add up to {seats.total}, but {council.name} has {known}: give every seat "
        f"of the council, once.{vacant}"
    )
