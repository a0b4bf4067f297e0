"""What a night's tables will let the bot declare, before anything has come in."""

from __future__ import annotations

from collections.abc import Iterator

from bot.election.almanac import Almanac, NightAlmanac
from bot.election.parties import PartyKind, WireParty
from bot.election.reports import BallotKind, Candidate, WardReport, WireCouncil
from bot.election.wards import told_by_wards


def not_from_wards(night: NightAlmanac, code: str, almanac: Almanac) -> str | None:
    """Return in a phrase why wards alone will not decide a council, None where they will.

    The rules are asked with winners for every seat of the wards that the tables have, all of the
    party that holds most of the other seats.
    """
    table = night.wards.get(code, ())
    if not table:
        return "no table says which wards vote"
    if empty := [ward.name for ward in table if not ward.seats]:
        return f"how many seats {empty[0]} elects is not known"
    reports = {ward.ballot_id: ward for ward in _all_declared(night, code, almanac)}
    told = told_by_wards(
        reports,
        table=table,
        election=night.elections[code],
        nominations=None,
        parties=almanac.parties,
        apart={
            key: (report, night.by_elections[key].previous)
            for key, report in reports.items()
            if report.by_election
        },
    )
    return told.missing


def _all_declared(night: NightAlmanac, code: str, almanac: Almanac) -> Iterator[WardReport]:
    staying = night.elections[code].staying or ()
    known = (almanac.parties.get(party) for party in staying)
    parties = (one for one in (*known, *almanac.parties.rows) if one.kind is PartyKind.PARTY)
    party = next(parties)
    winner = Candidate("", WireParty(name=party.name), elected=True)
    by_elections = {
        ballot_id: ballot
        for ballot_id, ballot in night.by_elections.items()
        if ballot.council == code
    }
    wards = [
        (ward.key, ward.name, ward.gss, ward.seats)
        for ward in night.wards.get(code, ())
        if not ward.put_off
    ]
    wards += [(key, one.area, one.gss, one.seats) for key, one in by_elections.items()]
    for key, area, gss, seats in wards:
        yield WardReport(
            night=night.night,
            kind=BallotKind.WARD,
            ballot_id=key,
            council=WireCouncil(almanac.councils.get(code).name),
            area=area,
            gss=gss,
            seats=seats,
            candidates=(winner,) * seats,
            by_election=key in by_elections,
        )
