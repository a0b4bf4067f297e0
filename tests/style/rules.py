"""The house style of `docs/style.md` as rules that a text can break."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "docs" / "style.md"
_ANCHORED = re.compile(r"^\||\|$")


@dataclass(frozen=True)
class Rule:
    """What no text may say, as a pattern; *why* is told to who breaks it."""

    why: str
    pattern: re.Pattern[str]

    def __str__(self) -> str:
        return self.why


def _rule(why: str, pattern: str, *, case: bool = False) -> Rule:
    return Rule(why, re.compile(pattern, re.MULTILINE | (0 if case else re.IGNORECASE)))


_FEW_CLAUSES = "joined clauses are few"
_PARTIES = "Labour|Conservatives|Lib Dems|Liberal Democrats|Greens|SNP|Plaid Cymru|Sinn Féin|DUP"
RULES = (
    _rule(
        "parties take a plural verb",
        rf"\b({_PARTIES}) (holds|gains|loses|wins|has|is|was|takes|controls|stays)\b",
        case=True,
    ),
    _rule("no overall control is not abbreviated", r"\bNOC\b", case=True),
    _rule("the Conservatives are not called by a nickname", r"\bTor(y|ies)\b"),
    _rule("a majority is the seats above all others", r"more than all others|\bmajority \*{0,2}\d"),
    _rule("what is needed is called needed", r"a majority takes|can win a majority any more"),
    _rule("what is certain is called certain", r"for certain|no result yet"),
    _rule(
        "how it is known is behind the button",
        r"\b(according to (our own table|the wire)|from the (turnout|votes|seats|order|wards)"
        r" (that|of|in)|partly updated|from our table|counting each party)",
    ),
    _rule("the machine's words for a result", r"\b(in force|sitting party|superseded|verdict)\b"),
    _rule("the words of the wire", r"\bthe wire('s)?\b|\beve\b( of poll)?"),
    _rule("a report has no number for readers", r"\breport \d{4,}"),
    _rule("changes are fewer or more", r"\b\d[\d,]* (seats?|councils?|votes?) (fewer|more)\b"),
    _rule(
        "one is singular",
        r"(?<![\d.,])1 (seats|councils|wards|votes|mayors|constituencies|points)\b",
    ),
    _rule("a number is not negative in words", r"(lost|gained|fewer|more) [−-]\d"),
    _rule("a minus is a real minus", r"(?<![\w.:/-])-\d[\d,]*\b(?!-)"),
    _rule("thousands have a comma", r"(?<![\w.,:#/=-])(?!(?:19|20)\d\d\b)\d{4,}(?![\w-])"),
    _rule("a percentage has one decimal", r"(?<![\d.])\d+%|\d\.\d\d+%"),
    _rule("no time is zero", r"\bin 0 (seconds|minutes)|\b0 (seconds|minutes) ago"),
    _rule("times are 24-hour", r"\b\d{1,2}(:\d\d)? ?[ap]\.?m\b"),
    _rule("nothing is projected", r"\b(probably|likely|on course|expected to win|forecast)\b"),
    _rule("nobody exclaims", r"\w!(\s|$)"),
    _rule("labels are the newsroom's", r"^(Why it matters|Who says so|Beside the numbers)\b"),
    _rule("who was in control is called previously", r"\bBefore: [^\d\n]*([,.]|$)", case=True),
    _rule("our newsroom reports", r"desk's own word|from the desk, beside"),
    _rule("what is left out is excluded", r"leaving out|left out of"),
    _rule("seats are needed, not to come", r"\bseats? still to come"),
    _rule("who is elected needs no word at the votes", r"\d, (elected|chosen)\b|\bis chosen\b"),
    _rule("voters are an electorate", r"\bmay vote\b"),
    _rule("a post is not held, it is a hold", r"hold the post"),
    _rule("a milestone is a headline", r"seats or more net"),
    _rule("what is withdrawn will be updated", r"does not hold any more|we will say so"),
    _rule("what has no result has not declared", r"\bNo result\b"),
    _rule("the final board says final", r"The night is over"),
    _rule("who is not found is not called", r"There is no (party|council|region|ward)\b"),
    _rule("choices are asked for plainly", r"Ask for one at a time|Name it with the option"),
    _rule("a channel gets alerts", r"is told as it happens"),
    _rule("labels name a thing", r"Whom it pings|As the night went|How far the count is"),
    _rule("admins are admins", r"Who manages a server"),
    _rule("a party's members are followed", r"Follow (Conservative|Liberal Democrat|Green)\b"),
    _rule("hexagons are explained plainly", r"size means nothing"),
    _rule("the desk's words", r"Nothing waits for the desk|Alerts go on|is written down"),
    _rule("what is counted elsewhere is said plainly", r"counted there, not"),
    _rule("who did not stand has no share", r"\bnone stood\b"),
    _rule(
        "a change either way is told of the parties together",
        r"^[^\n]*\(−[\d,]+ to (\+[\d,]+|0)\)|\(0 to \+",
    ),
    _rule("a time is plainly since", r"\bsince (after the election of|before May)\b"),
    _rule("what ends is abolished", r"\bIt end(s|ed) on\b"),
    _rule("what is tabled needs no table", r"\bas our table goes back|\bin every May of our table"),
    _rule("the words of the code", r"\b(NIST|the claim is|left aside|counted from something)\b"),
    _rule("what is kept is kept about somebody", r"\bkept of (you|this server|a server)\b"),
    _rule("what would be announced is its own headline", r"Will be announced"),
    # A list whose items hold commas has semicolons and ends with "; and".
    _rule(_FEW_CLAUSES, r"^(?!.*; and [^;\n]*$)[^;\n]*(;[^;\n]*){3,}$"),
    _rule("nothing is left unfilled", r"\bNone\b(?! (so far|of))|\{\w+\}|<\w+ object", case=True),
    _rule("spaces and stops are single", r"[^\s.]\.\.(?!\.)|\s[,.;](?=\s|$)|\(\)"),
    _rule("spelling is British", r"\b(color|center|organi[z]ation|favorite|canceled|gray)\b"),
)


@dataclass(frozen=True)
class Said:
    """A text that a reader saw, and where."""

    text: str
    where: str
    is_title: bool = False
    in_full: bool = False
    """It says all that a picture shows, for those who cannot see it: it may be long."""


def broken(said: Said) -> Iterator[str]:
    """Yield each rule that a text breaks, with the words that break it and where they stood."""
    for rule in RULES:
        if said.in_full and rule.why == _FEW_CLAUSES:
            continue
        if found := rule.pattern.search(said.text):
            line = said.text[: found.start()].count("\n")
            yield f"{rule}: “{said.text.splitlines()[line].strip()}” in {said.where}"
    if said.is_title and re.search(r"[^.]\.$", said.text.strip()):
        yield f"a title has no full stop: “{said.text}” in {said.where}"


def report(every: Iterable[Said], *, most: int = 40) -> str:
    """Return what is broken as a text, nothing if all is well; each rule with a few examples."""
    found: dict[str, list[str]] = {}
    for said in every:
        for each in broken(said):
            found.setdefault(each.split(":")[0], []).append(each)
    lines = [line for each in found.values() for line in [f"{len(each)} ×", *each[:3]]]
    return "\n".join(lines[: 4 * most])


def check(every: Iterable[Said]) -> None:
    """Fail with what is broken, if anything is."""
    if found := report(every):
        pytest.fail(found, pytrace=False)


@cache
def rows_of_style(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table below a heading of the style's page, without its head."""
    _, _, part = STYLE.read_text().partition(f"\n## {heading}\n")
    rows = []
    for line in part.partition("\n## ")[0].splitlines():
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in _ANCHORED.sub("", line).split("|")))
    return tuple(rows[2:])
