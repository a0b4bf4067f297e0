"""Whatever the order, the repetitions and the interleaving: one end, and never a wrong word."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.election.control import control_of
from bot.election.standings import CouncilStanding
from tests.verification.at_work import AtWork, at_work
from tests.verification.test_twenty_councils import (
    ELSEWHEN,
    NEWFORD,
    SHEET,
    ballot,
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

Document = tuple[str, str]

NEWFORD_IS = "name='Newford' proportion='third'"
GAIN = "winningParty='LD' gainOrHold='gain' sittingParty='Lab'"
HOLD = "winningParty='Lab' gainOrHold='no change' sittingParty='Lab'"
LD_HAS_IT = elected("LD 2, Lab 1") + now("LD 5, Lab 4")
LAB_HAS_IT = elected("LD 1, Lab 2") + now("LD 4, Lab 5")


def newford(said: str, seats: str, revision: int) -> str:
    return result(f"{NEWFORD_IS} {said}", seats, revision=revision, on=ELSEWHEN)


def sefton(said: str, seats: str, revision: int) -> str:
    return result(f"name='Sefton' {said}", now(seats), revision=revision, on=ELSEWHEN)


ORDERED_BY_REVISION: Sequence[Document] = (
    ("nominations.xml", NEWFORD),
    ("newford_1.xml", newford(HOLD, LAB_HAS_IT, 1)),
    ("newford_2.xml", newford(GAIN, LD_HAS_IT, 2)),
    ("newford_3_wrong.xml", newford(HOLD, LD_HAS_IT, 3)),
    ("sefton_1.xml", sefton(HOLD, "Lab 40, LD 26", 1)),
    ("sefton_2.xml", sefton("winningParty='NOC' gainOrHold='lose to NOC' sittingParty='Lab'",
                            "Lab 33, LD 33", 2)),
    ("ballots_1.json", page(*(ballot(ward) for ward in ("Abbey", "Beacon", "Castle")))),
    ("ballots_2.json", page(*gained(minute=5))),
    ("ballots_3.json", page(ballot("Beacon", "Labour Party", minute=7))),
    ("ballots_4.json", page(ballot("Beacon", "Liberal Democrats", minute=9))),
    ("1.atom", feed(entry("Castle", "Labour Party", 12))),
    ("report_1.json", nist("unofficial-complete", "Labour Party")),
    ("report_2.json", nist("correction", "Liberal Democrats")),
)  # fmt: skip
ORDERED_BY_ARRIVAL: Sequence[Document] = (
    (f"modern_gov_Newford_1_{ELSEWHEN}.xml", site("Liberal Democrats")),
    (f"modern_gov_Newford_2_{ELSEWHEN}.xml", site("Labour Party")),
    (f"sheet_1_{ELSEWHEN}.csv", SHEET + "Newford,LD,1,4,Lab,,\nNewford,Lab,2,5,Lab,,\n"),
    (f"sheet_2_{ELSEWHEN}.csv", SHEET + "Newford,LD,2,5,LD,,\nNewford,Lab,1,4,LD,,\n"),
)


def _end(standing: CouncilStanding | None) -> object:
    """Return where a council ends, without when it was heard of and by which document."""
    if standing is None or standing.declared is None:
        return None
    one = standing.declared
    voices = [(v.kind, v.says, v.agrees, v.revision, v.wards, v.of_wards) for v in one.voices]
    return (
        (standing.before, standing.before_source, standing.held, standing.offered),
        (one.after, one.outcome, one.now, one.won, one.changes, one.basis, one.confirmed),
        sorted(voices),
        [(ward.name, ward.declared, ward.won) for ward in standing.wards],
    )


def _never_wrong(night: AtWork) -> None:
    """What is claimed is what the seats in force have, and what the desk is to see is not told."""
    for council in ("Newford", "Sefton"):
        standing = night.standing(council)
        told = [
            c
            for c in night.reader.claims(ELSEWHEN)
            if standing and c.council == standing.council.code
        ]
        last = told[-1].version.content if told else None
        if last is None:
            continue
        assert standing is not None
        assert standing.declared is not None
        assert control_of(standing.declared.now) == standing.declared.after
        if standing.declared.confirmed:
            assert last.after == standing.declared.after
        assert night.verdicts.get("newford_3_wrong.xml") in (None, "held", "duplicate")


async def _fed(fetches: Iterable[Sequence[Document]], path: Path) -> object:
    async with at_work(path, ELSEWHEN) as night:
        for number, documents in enumerate(fetches):
            await night.take(dict(documents), minutes=240 + number)
            _never_wrong(night)
        counts = Counter(night.verdicts.values())
        del counts["duplicate"]
        last = {claim.council: claim.version.content for claim in night.reader.claims(ELSEWHEN)}
        return _end(night.standing("Newford")), _end(night.standing("Sefton")), counts, last


def fed(fetches: Iterable[Sequence[Document]]) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_fed(fetches, Path(folder) / "night.sqlite"))


@st.composite
def fetched(draw: st.DrawFn, documents: Sequence[Document]) -> list[list[Document]]:
    """Documents in any order, some again under another name, in fetches of any size."""
    again = draw(st.lists(st.sampled_from(documents), max_size=5, unique=True))
    copies = [(f"again_{name}", text) for name, text in again]
    order = draw(st.permutations([*documents, *copies]))
    cuts = draw(st.sets(st.integers(1, len(order) - 1), max_size=6))
    edges = [0, *sorted(cuts), len(order)]
    return [list(order[a:b]) for a, b in itertools.pairwise(edges)]


END = fed([[document] for document in ORDERED_BY_REVISION])


def test_the_end_is_the_right_one() -> None:
    assert isinstance(END, tuple)
    newford_end, sefton_end, counts, _ = END
    assert str(newford_end[1][0].holder) == "LD"
    assert sefton_end[1][0].is_noc
    assert counts["held"] == 1


@settings(max_examples=20)
@given(fetched(ORDERED_BY_REVISION))
def test_any_order_and_repetition_gives_the_same_end(fetches: list[list[Document]]) -> None:
    assert fed(fetches) == END


@settings(max_examples=20)
@given(fetched(ORDERED_BY_REVISION), st.integers(0, 1 << 30))
def test_sources_without_revisions_may_come_between_at_any_place(
    fetches: list[list[Document]], seed: int
) -> None:
    """Each of them in its own order, which is all the order that it has."""
    rng = random.Random(seed)
    places = sorted(rng.choices(range(len(fetches) + 1), k=len(ORDERED_BY_ARRIVAL)))
    mixed: list[Sequence[Document]] = list(fetches)
    for place, document in reversed(list(zip(places, ORDERED_BY_ARRIVAL, strict=True))):
        mixed.insert(place, [document])
    assert fed(mixed) == ALL_AT_END


ALL_AT_END = fed([[one] for one in (*ORDERED_BY_REVISION, *ORDERED_BY_ARRIVAL)])
