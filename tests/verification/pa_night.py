"""The synthetic night as PA's wire tells it, with every trap and what is to become of each."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.feeds.elements import Element
from tests.verification.synthetic import NIGHT, PARTIES, VACANT, TrueCouncil, signed_plus

Seats = Mapping[str, int]


@dataclass(frozen=True)
class Told:
    """A document of the night and its fate: a verdict, and a part of the reason where it has one.

    *place* orders the files: documents do not arrive in the order of their revisions.
    """

    name: str
    root: Element
    verdict: str
    reason: str = ""
    council: str = ""
    place: int = 0


@dataclass
class PaNight:
    """The documents, the councils that they end with, and those states that lag behind."""

    told: list[Told] = field(default_factory=list)
    declared: list[TrueCouncil] = field(default_factory=list)
    introduced: int = 0
    lagging: set[str] = field(default_factory=set)

    def fates(self, verdict: str) -> list[Told]:
        return [one for one in self.told if one.verdict == verdict]


def element(tag: str, /, *children: Element, **attributes: object) -> Element:
    return Element(tag, {key: str(value) for key, value in attributes.items()}, list(children))


def nominations(council: TrueCouncil, rng: random.Random) -> Element:
    """Return who sits and who stands, which some do who hold nothing."""
    parties = [
        element(
            "Party",
            name=PARTIES[code].name,
            abbreviation=PARTIES[code].abbreviation,
            paId=rng.randint(1, 9999),
            seatsHeld=council.held.get(code, 0),
            seatsOffered=council.offered.get(code, 0),
            unopposedReturns=0,
            candidates=7,
        )
        for code in {**council.held, **council.offered, **council.won}
    ]
    return _document("LocalElectionNominations", _council(council, rng, parties))


def result(
    council: TrueCouncil,
    revision: int,
    rng: random.Random,
    **said: str,
) -> Element:
    """Return a council's result; *said* replaces what follows from its seats."""
    blocks = []
    if not council.all_up:
        blocks.append(_block("ElectedCouncillors", "seats", council.won, rng))
    if not council.new:  # where nothing changed the block is there and empty
        blocks.append(_block("Changes", "change", council.stated_changes, rng, sign="+"))
    blocks.append(_block("NewCouncil", "seats", council.now, rng))
    attributes = {
        "winningParty": _control(council.winner),
        "gainOrHold": "gain" if council.new and council.winner else council.word,
        "sittingParty": _control(council.sitting),  # of a new council "NOC", a placeholder
        **said,
    }
    head = {key: value for key, value in attributes.items() if value}
    return _document(
        "LocalElectionResult", _council(council, rng, blocks, **head), revision=str(revision)
    )


def state_of_parties(councils: Sequence[TrueCouncil], total: int) -> Element:
    """Return the table over *councils* the way that the wire counts."""
    table: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for council in councils:
        table[council.winner][0] += 1
        table[council.winner][1] += 1
        table[council.sitting][1] -= 1
        for code, n in council.won.items():
            table[code][2] += n
        for code, n in council.stated_changes.items():
            table[code][3] += n
    rows = [
        element(
            "Party",
            **(
                {"name": PARTIES[code].name, "abbreviation": PARTIES[code].abbreviation}
                if code
                else {"name": "No Overall Control", "abbreviation": "NOC"}
            ),
            totalCouncils=held,
            changeInControl=f"{net:+d}",
            seatsWon=won,
            netChangeInSeats=f"{change:+d}",
        )
        for code, (held, net, won, change) in table.items()
        if code != VACANT
    ]
    return element(
        "LocalStateOfParties",
        element("Election", date=NIGHT),
        element("Parties", *rows),
        element("CouncilsIncluded", *(element("Council", name=one.name) for one in councils)),
        numberOfResults=len(councils),
        totalNumberOfCouncils=total,
    )


def night(councils: Sequence[TrueCouncil], seed: int) -> PaNight:
    """Return a night of *councils*, each of which brings one trap or none."""
    rng = random.Random(seed)
    night = PaNight(introduced=len(councils))
    for number, council in enumerate(councils):
        file = council.name.replace(" ", "_").replace("-", "_").replace("&", "_")
        nominated = Told(f"Local_nominations_{file}.xml", nominations(council, rng), "accepted")
        night.told.append(nominated)
        for told in _results(council, number % 16, file, rng):
            night.told.append(replace(told, council=council.name, place=rng.randint(1, 999)))
        night.declared.append(council)
    night.told += _strays(councils, rng)
    _count_hanging(night, rng)
    for results in (1, len(councils) // 2, len(councils)):
        root = state_of_parties(councils[:results], len(councils))
        night.told.append(Told(f"Local_SOP_{results}.xml", root, "accepted", place=1000))
    late = next(n for n, council in enumerate(councils) if n % 16 == 1)
    behind = [*councils[:late], councils[late].with_seats_moved(2), *councils[late + 1 :]]
    name = f"Local_SOP_{len(councils) - 1}_lagging.xml"
    root = state_of_parties(behind[: len(councils) - 1], len(councils))
    night.told.append(Told(name, root, "accepted", place=1000))
    night.lagging.add(name)
    rng.shuffle(night.told)
    return night


def _results(council: TrueCouncil, trap: int, file: str, rng: random.Random) -> Iterable[Told]:
    """Yield a council's results: the right one, and with it what the trap brings."""

    def told(revision: int, verdict: str, reason: str = "", **said: str) -> Told:
        root = result(council, revision, rng, **said)
        return Told(f"Local_result_{file}_{revision}.xml", root, verdict, reason)

    def other(
        changed: TrueCouncil, revision: int, verdict: str, reason: str = "", mark: str = ""
    ) -> Told:
        root = result(changed, revision, rng)
        return Told(f"Local_result_{file}_{revision}{mark}.xml", root, verdict, reason)

    leader = max(council.now, key=lambda code: council.now[code])
    sized = not (council.new or council.moved)
    if trap in (1, 2, 3):  # a correction, before or after what it corrects
        yield other(council.with_seats_moved(2), 1, "superseded")
        yield told(2, "accepted")
    elif trap == 4 and sized:
        larger = replace(council, now=signed_plus(council.now, {leader: 9}))
        yield told(1, "accepted")
        yield other(
            larger,
            2,
            "held",
            f"the seats add up to {council.size + 9}, the council has {council.size}",
        )
    elif trap == 5 and sized:
        smaller = replace(council, now={leader: council.size // 2 - 3})
        yield told(1, "accepted")
        yield other(smaller, 2, "held", "the missing ones could decide who controls it")
    elif trap == 6:
        wrong = "LD" if council.winner != "LD" else "Lab"
        yield told(1, "accepted")
        yield told(2, "held", "its own seats say otherwise", winningParty=wrong)
    elif trap == 7 and not council.new:
        word = "gain" if council.word == "no change" else "no change"
        yield told(1, "accepted")
        yield told(2, "held", f'the result says "{word}"', gainOrHold=word)
    elif trap == 8:  # a wrong one that a later revision puts right is done with
        wrong = "LD" if council.winner != "LD" else "Lab"
        yield told(1, "superseded", winningParty=wrong)
        yield told(2, "accepted")
    elif trap == 9:
        yield told(1, "accepted")
        copy = told(1, "duplicate")
        yield replace(copy, name=f"Local_result_{file}_1_again.xml")
    elif trap == 10:  # names that the wire gives one party in one night
        yield replace(told(1, "accepted"), root=_with_two_names(council, rng))
    elif trap == 11:
        test = told(9, "rejected", "test material")
        yield told(1, "accepted")
        yield replace(test, name=f"Local_result_Test_{file}_9.xml")
    elif trap == 12:
        test = told(9, "rejected", "test material")
        (election,) = test.root.children
        election.attributes = {**election.attributes, "name": "Local elections Test"}
        yield told(1, "accepted")
        yield test
    elif trap == 13:
        yield told(1, "accepted")
        yield told(2, "held", "does not say whether it is a gain or a hold", gainOrHold="lost")
    elif trap == 14:
        broken = told(2, "unreadable")
        broken.root.attributes = {"revision": "two"}
        yield told(1, "accepted")
        yield broken
    else:
        yield told(1, "accepted")


def _strays(councils: Sequence[TrueCouncil], rng: random.Random) -> Iterable[Told]:
    """Yield results of councils that do not vote, and one whose past is nobody's."""
    unknown = replace(councils[0], name="Nowhere-on-Sea", all_up=True)
    yield Told(
        "Local_result_Nowhere_on_Sea_1.xml", result(unknown, 1, rng), "held",
        "neither our tables nor the night's nominations know a council named Nowhere-on-Sea",
        "Nowhere-on-Sea",
    )  # fmt: skip
    odd = replace(councils[0], name="Winchester", all_up=True)
    yield Told(
        "Local_result_Winchester_1.xml", result(odd, 1, rng, sittingParty="Itchen First"), "held",
        "Itchen First, said to have controlled it, is in no table and had no seats", "Winchester",
    )  # fmt: skip


def _count_hanging(night: PaNight, rng: random.Random) -> None:
    """Add a council whose control hangs on a vacant seat: Crawley in 2022."""
    seats = {"Lab": 18, "Con": 17, VACANT: 1}
    hanging = TrueCouncil("Worthing", True, seats, seats, {"Lab": 18, "Con": 17}, seats, {})
    night.told.append(Told("Local_nominations_Worthing.xml", nominations(hanging, rng), "accepted"))
    night.told.append(
        Told(
            "Local_result_Worthing_1.xml",
            result(hanging, 1, rng, winningParty="Lab", gainOrHold="gain"),
            "held",
            "18 is more than half of the 35 filled seats, but not of all 36",
            "Worthing",
        )
    )
    night.introduced += 1


def _with_two_names(council: TrueCouncil, rng: random.Random) -> Element:
    """Return a result in which each party with several seats stands under two names."""
    root = result(council, 1, rng)
    for block in root.children[0].children[0].children:
        for line in list(block.children):
            party = next(p for p in PARTIES.values() if p.abbreviation == line.attributes["name"])
            (key,) = {"seats", "change"} & set(line.attributes)
            number = int(line.attributes[key])
            if party.code.startswith("wire:") or abs(number) < 2:
                continue
            block.children.append(
                Element("Party", {"name": party.other_name, key: f"{number - number // 2:+d}"})
            )
            line.attributes = {**line.attributes, key: f"{number // 2:+d}"}
    return root


def _document(kind: str, council: Element, **attributes: str) -> Element:
    return element(kind, element("Election", council, date=NIGHT, paId=901), **attributes)


def _council(
    council: TrueCouncil, rng: random.Random, children: Sequence[Element], **attributes: str
) -> Element:
    flags = {"boundaryChange": council.moved, "newCouncil": council.new}
    return element(
        "Council",
        *children,
        name=council.name,
        paId=rng.randint(1, 9999),  # these change with every document: nobody may rely on them
        type="Unitary",
        proportion="all" if council.all_up else "third",
        **{flag: "true" for flag, is_set in flags.items() if is_set},
        **attributes,
    )


def _block(name: str, key: str, seats: Seats, rng: random.Random, sign: str = "") -> Element:
    return element(
        name,
        *(
            element(
                "Party",
                name=PARTIES[code].abbreviation,
                paId=rng.randint(1, 9999),
                **{key: format(number, sign + "d")},
            )
            for code, number in seats.items()
        ),
    )


def _control(code: str | None) -> str:
    return "NOC" if code is None else PARTIES[code].abbreviation
