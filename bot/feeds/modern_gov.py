"""Modern.Gov's `GetElectionResults`: the wards of one election, as a council's own site has them.

The document names neither its council nor its polling day: `Hints` do.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.election.parties import WireParty, folded
from bot.election.reports import Candidate, NotFollowed, WardReport, WireCouncil
from bot.feeds import markers
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault, Doubts
from bot.feeds.hints import Hints
from bot.feeds.parsed import Parsed
from bot.feeds.values import MOST_PEOPLE, MOST_SEATS_IN_A_WARD, clipped, slug, turnout, whole_number

FORMAT = "Modern.Gov XML"
ROOT = "election"

_PUBLISHED = "published"
_CALLED_OFF = {"abandoned", "cancelled", "countermanded", "postponed"}
_OTHER_ELECTIONS = re.compile(
    r"assembly|europe|mayor|neighbourhood|parish|parliament|police|referendum|town council",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"\s+candidates?$", re.IGNORECASE)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+", re.ASCII)
_NO_DESCRIPTION = "Independent"
"""What a blank description on the ballot paper means: the candidate stands for no party."""

_THURSDAY = 3
_COUNTED_WITHIN = timedelta(days=330)
"""A page's times are those of its last edit; next May's election comes later than this."""


def parse(root: Element, hints: Hints) -> Parsed:
    """Return a ward report for each area of an election; raises `DocumentFault`.

    A faulty area loses only itself.
    """
    areas = list(_inside(root, "electionareas", "electionarea"))
    if not areas:
        raise DocumentFault(
            "The election has no areas: check the lElectionId in the feed's address."
        )
    title, kind = root.inner("title") or "", root.inner("electiontype") or ""
    if _OTHER_ELECTIONS.search(kind):
        return Parsed(
            not_followed=[
                NotFollowed(kind, f"{hints.council or title} {one.inner('title') or number}")
                for number, one in enumerate(areas, start=1)
            ]
        )
    if hints.council is None:
        raise DocumentFault(
            "The document does not name its council: call the file modern_gov_<council>_<id>.xml,"
            " as in modern_gov_Hull_397.xml, or put it into a folder called after the council."
        )
    standing: defaultdict[str, list[Element]] = defaultdict(list)
    for candidate in _inside(root, "candidates", "candidate"):
        standing[_area_key(candidate, "areatitle")].append(candidate)
    election = _Election(
        council=hints.council,
        night=_night(root, hints.night),
        by_election=_is_by_election(title, kind, areas),
        test=markers.is_test_election(title),
    )
    parsed = Parsed()
    seen: set[str] = set()
    for number, area in enumerate(areas, start=1):
        key = _area_key(area, "title")
        try:
            seen.add(key)
            parsed.add(election.ward(area, key, standing.get(key, [])))
        except DocumentFault as fault:
            label = clipped(area.inner("title") or key) if key else str(number)
            parsed.faults.append(f"Area {label}: {fault} Ask the council to mend it.")
    parsed.faults += [
        f"Area {clipped(key)} has candidates but is not described: ask the council to mend it."
        for key in standing
        if key not in seen
    ]
    return parsed.keep_once(lambda one: (folded(one.area), one.by_election))


@dataclass(frozen=True, slots=True)
class _Election:
    """What all wards of a document have in common."""

    council: str
    night: date
    by_election: bool
    test: bool

    def ward(self, area: Element, key: str, standing: Sequence[Element]) -> WardReport:
        """Return the report of an area with the candidates who stand there."""
        if not key:
            raise DocumentFault("it has neither a number nor a title.")
        status = (area.inner("status") or "").casefold()
        published = status == _PUBLISHED
        if published:
            self._check_days(standing)
        doubts = Doubts()
        seats = _number(area, "numseats", MOST_SEATS_IN_A_WARD) or 0
        candidates = tuple(_candidates(standing, published, doubts))
        electorate = doubts.take(lambda: _number(area, "electorate")) or None
        issued = doubts.take(lambda: _number(area, "numballotpapersissued"))
        return WardReport(
            night=self.night,
            ballot_id=f"modern_gov.{slug(self.council)}.{key}",
            council=WireCouncil(name=self.council),
            area=area.inner_text("title"),
            gss=None,
            seats=seats,
            cancelled=status in _CALLED_OFF,
            uncontested=published
            and 0 < len(candidates) <= seats
            and not any(one.first_preferences for one in candidates),
            by_election=self.by_election or markers.names_by_election(area.inner("title")),
            candidates=candidates,
            electorate=electorate,
            # 0 means that it is not known.
            turnout=turnout(issued, electorate),
            spoilt=doubts.take(lambda: _number(area, "spoiledvotes")) if published else None,
            source=f"{self.council}'s own site",
            test=self.test,
            doubts=tuple(doubts),
        )

    def _check_days(self, standing: Sequence[Element]) -> None:
        """Refuse the votes of another election than the night's: of a wrong `lElectionId`."""
        for counted in filter(None, map(_day_counted, standing)):
            if not self.night <= counted <= self.night + _COUNTED_WITHIN:
                raise DocumentFault(
                    f"its votes are of {counted}, the polling day is {self.night}: check the"
                    " lElectionId."
                )


def _is_by_election(title: str, kind: str, areas: Sequence[Element]) -> bool:
    """Return whether all areas of a document are by-elections, by its title and type.

    Where the title names a scheduled election too, only a document of the one area that has the
    by-election is its.
    """
    if markers.names_only_by_elections(title) or (markers.names_by_election(kind) and not title):
        return True
    if not markers.names_by_election(title):
        return markers.names_by_election(kind)
    return len(areas) == 1 and markers.names_by_election_of(title, areas[0].inner("title") or "")


def _candidates(
    standing: Sequence[Element], published: bool, doubts: Doubts
) -> Iterable[Candidate]:
    """Yield who stands, each once; of who is not elected a faulty line is left out, and noted.

    Raises `DocumentFault` for somebody who appears twice, elected and not elected.
    """
    found: dict[tuple[str, str], Candidate] = {}
    for element in standing:
        if element.inner_flag("iselected"):
            one: Candidate | None = _candidate(element, published, doubts)
        else:
            read = functools.partial(_candidate, element, published, doubts)
            one = doubts.take(read, "somebody who is not elected")
        if one is None:
            continue
        key = (folded(one.name), one.party.name if one.party else "")
        before = found.setdefault(key, one)
        if before.elected != one.elected:
            raise DocumentFault(f"{clipped(one.name)} appears twice, elected and not elected.")
        if before.votes != one.votes:
            doubts.append(f"{clipped(one.name)} appears twice, with different votes")
            found[key] = replace(before, votes=())
    return found.values()


def _candidate(candidate: Element, published: bool, doubts: Doubts) -> Candidate:
    elected = candidate.inner_flag("iselected")
    name = candidate.inner_text("candidatename")
    votes = doubts.take(lambda: _number(candidate, "numvotes"), clipped(name))
    party = _CANDIDATE.sub("", candidate.inner("politicalpartytitle") or "")
    return Candidate(
        name=name,
        party=WireParty(name=party or _NO_DESCRIPTION),
        votes=(votes,) if published and votes is not None else (),
        elected=elected if published else None,
    )


def _number(element: Element, name: str, most: int = MOST_PEOPLE) -> int | None:
    """Return a whole number, None where there is none; these pages may write "1,231"."""
    value = element.inner(name)
    if value is not None and _THOUSANDS.fullmatch(value):
        value = value.replace(",", "")
    return None if value is None else whole_number(value, f"its {name}", 0, most)


def _night(root: Element, hinted: date | None) -> date:
    """Return the polling day: the one *hinted* at, else the Thursday before most votes' day.

    Councils are elected on Thursdays (Representation of the People Act 1983, section 37).
    """
    if hinted is not None:
        return hinted
    counted = filter(None, map(_day_counted, _inside(root, "candidates", "candidate")))
    days = Counter(day - timedelta(days=(day.weekday() - _THURSDAY) % 7) for day in counted)
    if not days:
        raise DocumentFault(
            "The document does not say of which polling day it is: put the date into the file's"
            " name, as in modern_gov_Hull_397_YYYY-MM-DD.xml."
        )
    return days.most_common(1)[0][0]


def _day_counted(candidate: Element) -> date | None:
    """Return the day of a candidate's `votedatetime` ("DD/MM/YYYY, HH:MM"), None without one."""
    try:
        # Only the day matters, so the time zone does not.
        found = datetime.strptime((candidate.inner("votedatetime") or "")[:10], "%d/%m/%Y").date()  # noqa: DTZ007
    except (DocumentFault, ValueError):
        return None
    return found if found.year > 1970 else None


def _area_key(element: Element, title: str) -> str:
    """Return what an area is known by: its number, else its title without spaces."""
    return element.inner("electionareaid") or slug(element.inner(title) or "")


def _inside(root: Element, block: str, name: str) -> Iterable[Element]:
    found = root.child(block)
    return found.all(name) if found else ()
