"""Mutated documents of every format through the newsroom: none breaks it, none makes it lie.

What a mutant may make the bot say is told by an oracle of a few lines, which counts the seats in
the mutant's own bytes. It shares nothing with the product but the names of parties.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import pytest

from bot.clock import SteppedClock
from bot.election.parties import WireParty, folded
from bot.election.policy import Policy
from bot.feeds import safe_xml
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.ingest import Ingest
from bot.store.writer import Transaction, Writer
from simulation.wire.forms import as_json
from tests.support.mutations import mutants
from tests.verification.at_work import after_close, almanac
from tests.verification.synthetic import majority
from tests.verification.test_twenty_councils import (
    ELSEWHEN,
    NEWFORD,
    SHEET,
    ballot,
    changes,
    elected,
    entry,
    feed,
    gained,
    nist,
    now,
    page,
    result,
    site,
)

T = TypeVar("T")

RESULT = result(
    "name='Newford' type='Unitary' proportion='third' winningParty='LD' gainOrHold='gain' "
    "sittingParty='Lab'",
    elected("LD 2, Lab 1"), changes("LD +1, Lab -1"), now("LD 5, Lab 4"), on=ELSEWHEN,
)  # fmt: skip
ENTRIES = feed(
    entry("Abbey", "Liberal Democrats", 1),
    entry("Beacon", "Liberal Democrats", 2),
    entry("Castle", "Labour Party", 3),
)
EVE = page(*(ballot(ward) for ward in ("Abbey", "Beacon", "Castle")))
STAYING = {"Lab": 3, "LD": 3}


@dataclass(frozen=True)
class Seen:
    """What a transaction did: its claims, and each of its documents' fates."""

    claims: list[tuple[str, str, str]]
    fates: list[str]


class _UndoneError(Exception):
    pass


class Undoing(Writer):
    """A writer that shows what every transaction did, and then undoes it where it is told to."""

    undoes = False
    seen = Seen([], [])

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        found: list[T] = []

        def shown(tx: Transaction) -> T:
            before = tx.next_seq()
            found.append(work(tx))
            self.seen = Seen(
                [
                    (str(night), str(council), str(after))
                    for night, council, after in tx.rows(
                        "SELECT night, council, coalesce(after, notice) FROM claims "
                        "WHERE outbox >= ?",
                        (before,),
                    )
                ],
                [
                    fate
                    for (fate,) in tx.rows(
                        "SELECT verdict FROM reports AS r WHERE reading_id >= ? UNION ALL "
                        "SELECT 'unreadable' FROM readings WHERE id >= ? AND faults != '[]' "
                        "UNION ALL SELECT 'passed' FROM readings WHERE id >= ? AND passed_over",
                        (before, before, before),
                    )
                ],
            )
            if self.undoes:
                raise _UndoneError
            return found[0]

        try:
            return await super().transact(shown)
        except _UndoneError:
            return found[0]


def _code(party: str) -> str:
    known = almanac().parties.knowing([WireParty("Newford First", "NF")])
    return known.resolve(WireParty(party)).code


def _seats(lines: Iterable[tuple[str, int]]) -> Counter[str]:
    seats: Counter[str] = Counter()
    for party, number in lines:
        seats[_code(party)] += number
    return seats


def _text(body: bytes) -> str:
    """Return a document's text, whatever it was written in; XML's declaration left out."""
    bare = body.removeprefix(b"\xef\xbb\xbf")
    widths = {(0, 0): "utf-32", (1, 0): "utf-16-le", (0, 1): "utf-16-be", (1, 1): "utf-8"}
    marked = bare[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = bare.decode(
        "utf-16" if marked else widths[bool(bare[0]), bool(bare[1])], "surrogateescape"
    )
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def _pa(body: bytes) -> str | None:
    return _of_council(ElementTree.fromstring(_text(body)).find("Election/Council"))


def _pa_json(body: bytes) -> str | None:
    council = json.loads(_text(body))["LocalElectionResult"]["Election"]["Council"]
    parties = council["NewCouncil"]["Party"]
    lines = parties if isinstance(parties, list) else [parties]
    return _checked(
        _seats((line["@name"], int(line["@seats"])) for line in lines),
        *(council.get(f"@{key}") for key in ("winningParty", "gainOrHold", "sittingParty")),
        grows={council.get("@boundaryChange"), council.get("@newCouncil")} != {None},
    )


def _of_council(council: ElementTree.Element | None) -> str | None:
    assert council is not None
    return _checked(
        _seats(
            (line.attrib["name"], int(line.attrib["seats"]))
            for line in council.iterfind("NewCouncil/Party")
        ),
        *(council.get(key) for key in ("winningParty", "gainOrHold", "sittingParty")),
        grows=bool(council.get("boundaryChange") or council.get("newCouncil")),
    )


def _checked(
    seats: Counter[str], winner: str | None, word: str | None, sitting: str | None, *, grows: bool
) -> str | None:
    """Return who has the seats, once the document agrees with itself."""
    holder = majority(seats)
    assert grows or seats.total() <= 9
    if winner:
        assert holder == (None if folded(winner) == "noc" else _code(winner))
    if winner and sitting and not grows:
        had = None if folded(sitting) == "noc" else _code(sitting)
        changed = "gain" if holder else "lose to NOC"
        assert (word or "").strip() == ("no change" if had == holder else changed)
    return holder


def _by_wards(winners: Iterable[str], empty: int = 0) -> str | None:
    return majority(Counter(STAYING) + _seats((party, 1) for party in winners) + Counter(Vac=empty))


def _ballots(body: bytes) -> str | None:
    """A ballot with a winner of no party is lost; what else appears twice is one."""
    ballots = {
        one["post"]["label"]: one
        for one in json.loads(_text(body))["results"]
        if one.get("post", {}).get("label")
        and all(
            candidacy.get("party_name")
            for candidacy in one.get("candidacies", ())
            if candidacy.get("elected")
        )
    }
    held = [one for one in ballots.values() if one.get("uncontested") or not one.get("cancelled")]
    return _by_wards(
        (
            candidacy["party_name"]
            for one in held
            for candidacy in one["candidacies"]
            if candidacy.get("elected")
        ),
        len(ballots) - len(held),
    )


def _entries(body: bytes) -> str | None:
    latest: dict[str, tuple[str, str | None]] = {}
    for one in ElementTree.fromstring(_text(body)).iterfind("{*}entry"):
        said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in one}
        party = (
            said.get("winner_party_name") or said["title"].rpartition(") won")[0].rpartition("(")[2]
        )
        told = (said["updated"], None if said["retraction"] == "1" else party)
        person = said["winner_person_id"]
        latest[person] = max(latest.get(person, told), told, key=lambda one: one[0])
    return _by_wards(party for _, party in latest.values() if party)


def _site(body: bytes) -> str | None:
    root = ElementTree.fromstring(_text(body))
    return _by_wards(
        one.findtext("politicalpartytitle") or "Independent"
        for one in root.iterfind("candidates/candidate")
        if one.findtext("areatitle")
        and (one.findtext("iselected") or "").strip().casefold() in ("true", "1", "yes")
    )


def _nist(body: bytes) -> str | None:
    report = json.loads(_text(body))
    names = {one["@id"]: one["Name"]["Text"][0]["Content"] for one in report["Party"]}
    (election,) = report["Election"]
    chosen = {
        candidate
        for contest in election["Contest"]
        for selection in contest.get("ContestSelection", ())
        for candidate in selection.get("CandidateIds", ())
    }
    return _by_wards(
        names[one["PartyId"]] if one.get("PartyId") else "Independent"
        for one in election["Candidate"]
        if one.get("PostElectionStatus") == "winner" and one["@id"] in chosen
    )


def _sheet(body: bytes) -> str | None:
    lines = [line for line in re.split(r"[\r\n]+", _text(body)) if line.strip()]
    mark = max(",;\t", key=lines[0].count)
    head, *rows = csv.reader(lines, delimiter=mark)
    place = {
        re.sub(r"[\W_]+", "_", column.strip().casefold()): number
        for number, column in enumerate(head)
    }
    council, party, seats = (place[key] for key in ("council", "party", "seats_now"))
    ours = [row for row in rows if folded(row[council]) == "newford" and len(row) > seats]
    now = _seats((row[party].strip(), int(row[seats])) for row in ours)
    return majority(now + Counter(Vac=max(0, 9 - now.total())))


FORMATS: Mapping[str, tuple[str, str | bytes, Callable[[bytes], str | None]]] = {
    "PA XML": ("Local_result_Newford_1.xml", RESULT, _pa),
    "PA JSON": ("local.json", as_json(safe_xml.parse(RESULT.encode())), _pa_json),
    "Democracy Club JSON": ("ballots.json", page(*gained(minute=5)), _ballots),
    "Democracy Club Atom": ("winners.atom", ENTRIES, _entries),
    "Modern.Gov": (f"modern_gov_Newford_1_{ELSEWHEN}.xml", site("Labour Party"), _site),
    "NIST": ("report.json", nist("certified", "Liberal Democrats"), _nist),
    "desk sheet": (
        f"sheet_{ELSEWHEN}.csv",
        SHEET + "Newford,LD,2,5,LD,,\nNewford,Lab,1,4,LD,,\n",
        _sheet,
    ),
}  # fmt: skip


async def _mutated(path: Path, form: str, number: int, seed: str) -> Counter[str]:
    """Take in *number* mutants of a format, each as if it were the first; return their fates."""
    name, sound, oracle = FORMATS[form]
    body = sound if isinstance(sound, bytes) else sound.encode()
    fates: Counter[str] = Counter()
    clock = SteppedClock(after_close(ELSEWHEN))
    async with Undoing(path) as writer:
        ingest = Ingest(writer, almanac(), clock, policy=Policy(settles=True))

        async def take(document: str, text: bytes) -> Seen:
            reading = read("wire", document, text, clock.now())
            await ingest.file(Fetch("wire", (reading,), {}))
            return writer.seen

        await take("nominations.xml", NEWFORD.encode())
        await take("eve.json", EVE.encode())
        writer.undoes = True
        right = await take(name, body)
        assert [after for _, _, after in right.claims] == ["LD"] == [oracle(body)]
        for text in mutants(body, number, f"{form} {seed}"):
            seen = await take(name, text)
            fates.update(set(seen.fates) or {"nothing in it"})
            for night, council, after in seen.claims:
                assert (night, council) == (str(ELSEWHEN), "wire:Newford"), text
                assert after == (oracle(text) or "NOC"), text
            fates["claimed"] += bool(seen.claims)
    return fates


@pytest.mark.parametrize("form", FORMATS)
async def test_no_mutant_breaks_the_newsroom_or_makes_it_lie(form: str, tmp_path: Path) -> None:
    fates = await _mutated(tmp_path / "night.sqlite", form, 200, "short")
    assert fates["unreadable"] > 20
    assert 0 < fates["claimed"] < 200


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("form", FORMATS)
async def test_ten_thousand_mutants_of_each_format(form: str, tmp_path: Path) -> None:
    fates = await _mutated(tmp_path / "night.sqlite", form, 10_000, "long")
    assert fates["unreadable"] > 1_000
    assert 0 < fates["claimed"] < 10_000


def test_the_oracle_reads_what_is_there() -> None:
    tampered: dict[str, Any] = json.loads(page(*gained()))
    tampered["results"][0]["candidacies"][0]["elected"] = False
    assert _ballots(json.dumps(tampered).encode()) is None
