"""What the map's colours mean and how many councils have each: its key, table and words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.election.control import Control
from bot.election.parties import INDEPENDENT, Parties
from bot.election.standings import CouncilStanding
from bot.election.tally import StateOfParties
from bot.pictures.hexagon import Look
from bot.pictures.party_colours import Palette
from bot.pictures.picture import change_in_figures
from bot.wording.phrases import (
    NO_OVERALL_CONTROL,
    in_words,
    name_of,
    number,
    sentence_case,
    stops_in,
)
from bot.wording.text import plain

MOST_HOLDERS = 11


@dataclass(frozen=True, slots=True)
class Entry:
    """How councils of a kind look, what they are, how many, and the net change."""

    look: Look | None
    name: str
    councils: int = 0
    change: int = 0

    @property
    def figure(self) -> str:
        """The number of councils; empty for those that are not counted."""
        return number(self.councils) if self.councils else ""

    @property
    def beside(self) -> str:
        """The net change, empty if there is none."""
        return change_in_figures(self.change) if self.change else ""


@dataclass(frozen=True, slots=True)
class Key:
    """The councils by who controls them, most first, and the hung ones by their largest party."""

    holders: Mapping[str, int]
    hung: Mapping[str | None, int]
    changes: Mapping[str | None, int]
    waiting: int
    changed: int
    palette: Palette

    @classmethod
    def of(cls, here: Sequence[CouncilStanding], state: StateOfParties, parties: Parties) -> Key:
        """Count the councils *here*, whose net changes are those of *state*."""
        looks = [Look.of(one) for one in here]
        told = [look for look in looks if not look.waiting]
        holders = Counter(look.holder for look in told if look.holder is not None)
        hung = Counter(look.largest for look in told if look.holder is None)
        # In the order of the table, so that parties have the same letters in every picture.
        codes = sorted({code for look in looks for code in look.codes})
        return cls(
            dict(sorted(holders.items(), key=lambda item: (-item[1], item[0]))),
            dict(sorted(hung.items(), key=lambda item: (item[0] is None, -item[1], item[0] or ""))),
            {line.party: line.council_change for line in (*state.parties, state.noc)},
            sum(look.waiting for look in looks),
            sum(look.changed for look in looks),
            Palette(parties, [*holders, *codes]),
        )

    def rows(self, most: int) -> list[Entry]:
        """Return at most *most* rows: the holders, the rest of them together, the hung councils.

        Where most are hung, they have a row for each of the largest parties.
        """
        total = sum(self.hung.values())
        apart = [
            Entry(Look(largest=code), self._largest(code), councils)
            for code, councils in self.hung.items()
        ]
        if 2 * total <= sum(self.holders.values()) + total or len(apart) > max(1, most - 3):
            apart = [Entry(Look(), "Hung", total, self.changes.get(None, 0))] if total else []
        room = max(1, most - len(apart))
        shown, rest = [*self.holders.items()], []
        if len(shown) > room:
            shown, rest = shown[: room - 1], shown[room - 1 :]
        found = [
            Entry(Look(holder=code), self.palette.name(code), councils, self.changes.get(code, 0))
            for code, councils in shown
        ]
        if rest:
            many = sum(councils for _, councils in rest)
            found.append(Entry(None, f"{number(len(rest))} others", many))
        return [*found, *apart]

    def _largest(self, code: str | None) -> str:
        return "Hung, level" if code is None else f"Hung, {self.palette.letters(code)} largest"

    def states(self) -> list[Entry]:
        """Return how many councils changed hands, and how many have not declared."""
        found = []
        if self.waiting:
            found.append(Entry(Look(waiting=True), "Not declared", self.waiting))
        if self.changed:
            look = Look(changed=True, before=Control(None))
            found.append(Entry(look, "Changed hands", self.changed))
        return found

    def explained(self, silent: str) -> str:
        """Return what parts and edges mean; *silent* says what pale cells are, if there are any."""
        told = []
        if self.changed or self.waiting:
            parts = ["lower part"] if self.changed else []
            parts += ["edge"] if self.waiting else []
            told.append(f"{sentence_case(in_words(parts, 'or'))}: who held it before.")
        told += [f"Pale: {silent}."] if silent else []
        return " ".join(told)

    def in_words(self, *, short: bool = False) -> str:
        """Return "Labour 74 (+4), …; no overall control 64, Labour largest in 9, …".

        *short* is for where little room is left for names: hung councils are called so.
        """
        gone = [code for code in self.changes if code and code not in self.holders]
        told = [
            f"{_short(code, self.palette)} {number(self.holders.get(code, 0))}{self._change(code)}"
            for code in [*[*self.holders][:MOST_HOLDERS], *(one for one in gone if not short)]
            if self.holders.get(code) or self.changes.get(code)
        ]
        others = [*self.holders.values()][MOST_HOLDERS:]
        told += [f"others {number(sum(others))}"] if others else []
        parts = [", ".join(told)] if told else []
        if self.hung:
            hung = "hung" if short else NO_OVERALL_CONTROL
            total = f"{number(sum(self.hung.values()))}{self._change(None)}"
            parts.append(f"{hung} {total}, {self._largest_in_words(short=short)}")
        parts += [f"not declared {number(self.waiting)}"] if self.waiting else []
        parts += [f"changed hands {number(self.changed)}"] if self.changed else []
        return sentence_case("; ".join(parts)) + "." if parts else ""

    def _largest_in_words(self, *, short: bool) -> str:
        """Return "Labour largest in 22, Greens in 2, no one party in 5" of the hung councils."""
        told: list[str] = []
        for code, councils in [*self.hung.items()][:MOST_HOLDERS]:
            who = "no one party" if code is None else _short(code, self.palette)
            if code == INDEPENDENT and not short:
                who += " together"
            within = "" if short else " in"
            told.append(f"{who}{'' if told else ' largest'}{within} {number(councils)}")
        return ", ".join(told)

    def _change(self, code: str | None) -> str:
        change = self.changes.get(code, 0)
        return f" ({change_in_figures(change)})" if change else ""


def from_to(look: Look, palette: Palette) -> str:
    """Return "Con→Lab" of a council that changed hands, else who controls it; "" while waiting."""
    if look.waiting or look.silent:
        return ""
    if not look.changed:
        return palette.letters(look.holder)
    past = look.before.holder if look.before else None
    return f"{palette.letters(past)}→{palette.letters(look.holder)}"


def changes_in_words(
    here: Sequence[CouncilStanding], palette: Palette, room: int, *, short: bool = False
) -> str:
    """Return " Labour lose Hull to no overall control; York to Greens. …" in *room* characters.

    Councils that were hung are gained from no overall control, or *short* from hung. Names for
    which there is no room are counted; "" where there is room for none.
    """
    hung = "hung" if short else NO_OVERALL_CONTROL
    moves: defaultdict[str | None, defaultdict[str | None, list[str]]]
    moves = defaultdict(lambda: defaultdict(list))
    for one in here:
        if (look := Look.of(one)).changed:
            past = look.before.holder if look.before else None
            moves[past][look.holder].append(plain(name_of(one.council)))
    told: list[tuple[str, str]] = []  # what begins a name, and what follows the last one
    for source, targets in sorted(moves.items(), key=lambda item: (-_many(item[1]), item[0] or "")):
        whose = sentence_case(f"from {hung}" if source is None else _short(source, palette))
        start = f"{whose}: " if source is None else f"{whose} lose "
        for target, names in sorted(
            targets.items(), key=lambda item: (-len(item[1]), item[0] or "")
        ):
            to = hung if target is None else _short(target, palette)
            first, *others = sorted(names)
            stop, last = stops_in(names)
            told += [(f"{start}{first}", ""), *((f"{stop}{name}", "") for name in others)]
            if others and not short:
                told[-1] = (f"{last}{others[-1]}", "")
            told[-1] = (told[-1][0], f" to {to}")
            start = "; "
        told[-1] = (told[-1][0], f"{told[-1][1]}.")
    return _as_many_as_fit(told, room)


def _short(code: str, palette: Palette) -> str:
    return "independents" if code == INDEPENDENT else palette.name(code)


def _many(targets: Mapping[str | None, Sequence[str]]) -> int:
    return sum(map(len, targets.values()))


def _as_many_as_fit(told: Sequence[tuple[str, str]], room: int) -> str:
    """Return the names as sentences in *room* characters, with how many were left out."""
    for shown in range(len(told), 0, -1):
        text = ""
        for start, end in told[:shown]:
            text += f"{'' if start[0] in ',; ' else ' '}{start}{end}"
        if shown < len(told):  # the last move may be cut: it still has to say to whom
            end = next(after for _, after in told[shown - 1 :] if after)
            text = f"{text.removesuffix(end)}{end.removesuffix('.')} and {len(told) - shown} more."
        if len(text) <= room:
            return text
    return ""
