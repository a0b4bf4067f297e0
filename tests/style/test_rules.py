"""The rules agree with the page of the style: each refuses what it refuses, and nothing else."""

from __future__ import annotations

import pytest

from tests.style.rules import RULES, STYLE, Said, broken, rows_of_style

WORDS = rows_of_style("Words")
HEADLINES = rows_of_style("Headlines")


def test_the_page_is_two_pages_long() -> None:
    assert 60 < len(STYLE.read_text().splitlines()) < 125


@pytest.mark.parametrize(("never", "instead"), WORDS, ids=[row[0][:40] for row in WORDS])
def test_what_the_page_refuses_is_refused(never: str, instead: str) -> None:
    assert list(broken(Said(never, "the page")))
    assert not list(broken(Said(instead, "the page")))


@pytest.mark.parametrize("headline", [row[1] for row in HEADLINES])
def test_the_headlines_of_the_page_keep_the_rules(headline: str) -> None:
    assert not list(broken(Said(headline, "the page", is_title=True)))


@pytest.mark.parametrize(
    "text",
    [
        "Labour holds Leeds",
        "NOC in Leeds",
        "It fell by -3",
        "56113 votes",
        "Turnout 41%",
        "Turnout 41.25%",
        "at 9am",
        "They lost 1 seats",
        "Labour are on course",
        "Labour win Leeds!",
        "a; b; c; d",
        "Labour gain None",
        "It closed () at 22:00",
        "The count .",
    ],
)
def test_what_breaks_a_rule(text: str) -> None:
    assert list(broken(Said(text, "a test")))


@pytest.mark.parametrize(
    "text",
    [
        "Labour hold Leeds: 35 of 58, a majority of 12",
        "Source: PA · 03:58 · Friday 6 May 2022",
        "Turnout 41.2%, 1,078 votes, +3, −11, no change",
        "Newcastle-under-Lyme (2018-22), ballot local.leeds.2026-05-07",
        "Lib Dems won most votes: 45.3% (top candidate per ward)",
        "Wards: 12 of 20…",
    ],
)
def test_what_keeps_all_rules(text: str) -> None:
    assert not list(broken(Said(text, "a test", is_title=True)))


def test_a_title_has_no_full_stop() -> None:
    assert list(broken(Said("Labour hold Leeds.", "a test", is_title=True)))
    assert not list(broken(Said("Labour hold Leeds.", "a test")))


def test_each_rule_says_why_once() -> None:
    assert len({rule.why for rule in RULES}) == len(RULES)
