"""What `doctor` finds in the nights to come: what will be declared, from which feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from bot.almanac.nights import Nights
from bot.cli.findings import Finding, bad, ok
from bot.election.almanac import Almanac, NightAlmanac
from bot.election.nights import is_past
from bot.election.policy import ClaimsNeed
from bot.election.reports import BallotKind
from bot.prepare.words import listed_names, loose_ends, not_from_wards_alone, reasons
from bot.settings import Settings, variable
from bot.wording.phrases import count


def night_findings(settings: Settings, almanac: Almanac, now: datetime) -> Iterator[Finding]:
    """Yield findings on the operator's folder of nights, and on every night that is not over."""
    if isinstance(almanac.nights, Nights):
        for fault in almanac.nights.faults:
            yield bad("night", fault, "Mend it there; a running bot takes it up itself.")
    if settings.night is not None and settings.night not in almanac.nights:
        yield _without_tables(settings, settings.night)
    ahead = [almanac.nights[night] for night in sorted(almanac.nights) if not is_past(night, now)]
    if not ahead and settings.night is None:
        yield ok(
            "night",
            "No night to come has tables. PA's feed needs none; for any other, make them:"
            " `election-night prepare`.",
        )
    for night in ahead:
        yield from _of_night(settings, almanac, night)


def _without_tables(settings: Settings, night: date) -> Finding:
    """Return what can be declared on the night that is set, of which nothing is known before."""
    said = f"{night} is followed, and no table is of it."
    if settings.has_wire:
        return ok("night", f"{said} Councils are those that PA's nominations and results name.")
    if settings.desk_sheet_urls:
        return ok(
            "night",
            f"{said} Councils are declared as the desk sheet names them; their wards alone decide"
            f" none without tables, which `election-night prepare {night}` makes.",
        )
    return bad(
        "night",
        f"{said} The wards' feeds alone declare no council then.",
        f"Make its tables: `election-night prepare {night}`, or set {variable('pa_urls')} or"
        f" {variable('desk_sheet_urls')}; the desk can declare results by hand.",
    )


def _of_night(settings: Settings, almanac: Almanac, night: NightAlmanac) -> Iterator[Finding]:
    total = len(night.elections)
    yield ok("night", f"{night.night} ({night.name}): {_contents(night)}.")
    for said, to_do in loose_ends(night, almanac):
        yield bad("night", f"{night.night}: {said}", to_do)
    if not total:
        return
    why = not_from_wards_alone(night, almanac)
    by_wards, whole = _feeds(settings, almanac, night)
    if settings.claims_need is ClaimsNeed.WIRE and not settings.has_wire:
        yield bad(
            "night",
            f"{night.night}: nothing will be declared, since claims need the wire and no feed of"
            " PA's is set.",
            f"Set {variable('pa_urls')}, or {variable('claims_need')} to one source.",
        )
        return
    for feed in whole:
        yield ok("night", f"{night.night}: {feed} can declare all {total} councils.")
    for feed, covered in by_wards.items():
        able = sum(code not in why for code in covered)
        left = f"; {' and '.join(whole)} can do so for the others" if whole and able < total else ""
        yield ok(
            "night",
            f"{night.night}: {feed} will declare {able} of {count(total, 'council')} by their"
            f" wards{left}.",
        )
    yield from _not_declared(almanac, night, why, by_wards, whole)
    open_before = [
        code
        for code, one in night.elections.items()
        if one.sitting is None and not one.new_council and not almanac.history.get(code)
    ]
    if open_before:
        yield ok(
            "night",
            f"{night.night}: who controlled {_named(almanac, open_before)} before is not known;"
            " claims there say who controls it now, and leave the change open.",
        )


def _feeds(
    settings: Settings, almanac: Almanac, night: NightAlmanac
) -> tuple[dict[str, Collection[str]], list[str]]:
    """Return the feeds of wards, with the councils they cover, and those of whole results."""
    by_wards: dict[str, Collection[str]] = {}
    if settings.democracy_club_url or settings.democracy_club_atom_url:
        by_wards["Democracy Club"] = night.elections.keys()
    if settings.modern_gov_urls:
        named = {told.partition("=")[0] for told in settings.modern_gov_urls}
        codes = {almanac.councils.resolve(name, night.night).code for name in named}
        by_wards["Modern.Gov"] = codes & night.elections.keys()
    whole = []
    if settings.has_wire:
        whole.append("PA's feed")
    if settings.desk_sheet_urls:
        whole.append("the desk sheet")
    return by_wards, whole


def _not_declared(
    almanac: Almanac,
    night: NightAlmanac,
    why: Mapping[str, str],
    by_wards: Mapping[str, Collection[str]],
    whole: Collection[str],
) -> Iterator[Finding]:
    """Yield what no feed that is set will declare, and why."""
    if whole:
        return
    covered = {code for codes in by_wards.values() for code in codes}
    if not covered:
        yield bad(
            "night",
            f"{night.night}: no feed is set that could declare a council.",
            f"Set {variable('pa_urls')}, {variable('democracy_club_url')} or"
            f" {variable('desk_sheet_urls')}; the desk can declare results by hand.",
        )
        return
    held = {code: why[code] for code in covered if code in why}
    for reason in reasons(held, lambda code: almanac.councils.get(code).name):
        yield bad(
            "night",
            f"{night.night}: held until the desk decides. {reason.strip()}",
            "Run `election-night prepare` again with what is missing, or fill it in in the night's"
            " tables; a sheet or the desk can declare them too.",
        )
    if left := night.elections.keys() - covered:
        yield bad(
            "night",
            f"{night.night}: no feed that is set covers {_named(almanac, left)}.",
            f"Set {variable('democracy_club_url')} or {variable('desk_sheet_urls')}.",
        )


def _contents(night: NightAlmanac) -> str:
    kinds = [one.kind for one in night.ballots.values()]
    parts = [
        count(number, thing)
        for number, thing in (
            (len(night.elections), "council"),
            (kinds.count(BallotKind.MAYOR), "mayor"),
            (kinds.count(BallotKind.WARD), "by-election"),
        )
        if number
    ]
    return ", ".join(parts) or "nobody votes yet"


def _named(almanac: Almanac, codes: Collection[str]) -> str:
    return listed_names(almanac.councils.get(code).name for code in codes)
