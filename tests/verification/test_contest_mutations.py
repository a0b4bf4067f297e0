"""Mutated documents of contests: none breaks the newsroom, none elects who is not elected in it.

As in `test_mutations`, what a mutant may make the bot say is read from the mutant's own bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.almanac.recorded_nights import BallotEvent
from bot.clock import SteppedClock
from bot.election.policy import Policy
from bot.feeds.feed import Fetch
from bot.feeds.formats import read
from bot.ingest.ingest import Ingest
from simulation.wire.contests import ContestDocuments, as_bytes
from simulation.wire.forms import as_xml
from simulation.wire.night import Night
from tests.support.mutations import mutants
from tests.support.small_night import NIGHT
from tests.verification.at_work import after_close, almanac
from tests.verification.test_mutations import Undoing, _text

HOURS_UNTIL_ALL_IS_COUNTED = 48


@cache
def documents() -> ContestDocuments:
    return ContestDocuments(Night.load(NIGHT.isoformat()))


def pa_result() -> bytes:
    (time,) = (
        one
        for one in documents().times
        if one.ballot == "mayor.newham" and one.event is not BallotEvent.RUSH
    )
    return as_xml(documents().wire(time))


def bristol() -> bytes:
    (time,) = (one for one in documents().times if one.ballot == "referendum.bristol")
    return as_xml(documents().wire(time))


def last_count(code: str) -> bytes:
    found = [report for _, name, report in documents().counted() if name.startswith(f"{code}-")]
    return as_bytes(found[-1])


def _said(names: Iterable[tuple[str, str]]) -> Counter[str]:
    """Return who is named; a line that appears twice names one."""
    return Counter({" ".join(f"{first} {last}".split()) for first, last in names})


def elected_on_pas_wire(body: bytes) -> Counter[str]:
    candidates = ElementTree.fromstring(_text(body)).findall(".//Candidate")
    return _said(
        (one.get("firstName") or "", one.get("surname") or "")
        for one in candidates
        if one.get("elected") == "*"
    )


def chosen_on_pas_wire(body: bytes) -> Counter[str]:
    answers = ElementTree.fromstring(_text(body)).findall(".//Answer")
    return _said((one.get("name") or "", "") for one in answers if one.get("elected") == "*")


def elected_in_nist(body: bytes) -> Counter[str]:
    (election,) = json.loads(_text(body))["Election"]
    standing = {
        candidate
        for contest in election["Contest"]
        for selection in contest["ContestSelection"]
        for candidate in selection.get("CandidateIds", ())
    }
    return _said(
        (one["BallotName"], "")
        for one in election["Candidate"]
        if one.get("PostElectionStatus") == "winner" and one["@id"] in standing
    )


FORMATS: dict[str, tuple[str, str, Callable[[], bytes], Callable[[bytes], Counter[str]]]] = {
    "a mayor on PA's wire": (
        "mayor.newham",
        "Mayor_result_Newham_1.xml",
        pa_result,
        elected_on_pas_wire,
    ),
    "a referendum on PA's wire": (
        "referendum.bristol",
        "Referendum_totals_Bristol_1.xml",
        bristol,
        chosen_on_pas_wire,
    ),
    "a constituency as NIST": (
        "assembly.foyle",
        "assembly.foyle-9.json",
        lambda: last_count("assembly.foyle"),
        elected_in_nist,
    ),
}


async def _mutated(path: Path, form: str, number: int, seed: str) -> Counter[str]:
    code, name, sound, oracle = FORMATS[form]
    body, fates = sound(), Counter[str]()
    clock = SteppedClock(after_close(NIGHT, HOURS_UNTIL_ALL_IS_COUNTED * 60))
    async with Undoing(path) as writer:
        ingest = Ingest(writer, almanac(), clock, policy=Policy(settles=True))
        writer.undoes = True

        async def elected(text: bytes) -> list[Counter[str]]:
            await ingest.file(Fetch("wire", (read("wire", name, text, clock.now()),), {}))
            fates.update(set(writer.seen.fates) or {"nothing in it"})
            for night, contest, _ in writer.seen.claims:
                assert (night, contest) == (str(NIGHT), f"contest:{code}"), text
            return [
                Counter(one["name"] for one in json.loads(notice)["elected"])
                for _, _, notice in writer.seen.claims
            ]

        assert await elected(body) == [oracle(body)]
        fates.clear()
        for text in mutants(body, number, f"{form} {seed}"):
            told = await elected(text)
            assert told in ([], [oracle(text)] if told else []), text
            fates["claimed"] += bool(told)
    return fates


@pytest.mark.parametrize("form", FORMATS)
async def test_no_mutant_elects_who_is_not_elected_in_it(form: str, tmp_path: Path) -> None:
    fates = await _mutated(tmp_path / "night.sqlite", form, 200, "short")
    assert fates["unreadable"] > 10
    assert 0 < fates["claimed"] < 200


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("form", FORMATS)
async def test_ten_thousand_mutants_of_each_contest(form: str, tmp_path: Path) -> None:
    fates = await _mutated(tmp_path / "night.sqlite", form, 10_000, "long")
    assert fates["unreadable"] > 500
    assert 0 < fates["claimed"] < 10_000
