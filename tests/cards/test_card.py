import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import (
    DESCRIPTION,
    FIELD_NAME,
    FIELD_VALUE,
    FIELDS,
    FOOTER,
    MESSAGE_CARDS,
    MESSAGE_CHARACTERS,
    TITLE,
    Card,
    Field,
    one_message,
)
from bot.wording.text import at, bounded, escape, listed, paged, plain, shortened

AT = datetime(2022, 5, 6, 1, 32, tzinfo=UTC)


def words(most: int) -> st.SearchStrategy[str]:
    """Return texts up to *most* characters, made long cheaply."""
    return st.builds(
        lambda text, times: (text * times)[:most],
        st.text(max_size=40),
        st.sampled_from((1, 3, 30, 400)),
    )


FIELDS_OF_ALL_KINDS = st.lists(st.builds(Field, words(400), words(2_000)), max_size=30).map(tuple)
CARDS = st.builds(
    Card,
    title=words(400).filter(str.strip),
    description=words(7_000),
    fields=FIELDS_OF_ALL_KINDS,
    footer=words(3_000),
    reference=st.text(max_size=20),
)


def keeps_discords_limits(card: Card) -> bool:
    embed = card.to_embed_dict()
    fields = embed.get("fields", [])
    return (
        0 < len(embed["title"]) <= TITLE
        and len(embed.get("description", "")) <= DESCRIPTION
        and len(fields) <= FIELDS
        and all(0 < len(field["name"].strip()) <= FIELD_NAME for field in fields)
        and all(0 < len(field["value"].strip()) <= FIELD_VALUE for field in fields)
        and len(embed.get("footer", {}).get("text", "")) <= FOOTER
        and card.length <= MESSAGE_CHARACTERS
        and len(card.to_embed()) <= card.length
    )


@given(CARDS)
def test_no_card_breaks_discords_limits(card):
    assert keeps_discords_limits(card)
    assert card.footer_text.endswith(card.reference)


@given(st.lists(CARDS, min_size=1, max_size=13))
def test_no_message_breaks_discords_limits(cards):
    message = one_message(cards)
    assert all(keeps_discords_limits(card) for card in message)
    assert len(message) == min(len(cards), MESSAGE_CARDS)
    assert sum(card.length for card in message) <= MESSAGE_CHARACTERS


@given(st.lists(CARDS, min_size=1, max_size=13))
def test_a_message_has_room_for_the_references_that_its_cards_get_later(cards):
    message = one_message([replace(card, reference="") for card in cards], longest_reference=16)
    named = [replace(card, reference="x" * 16) for card in message]
    assert [card.description for card in named] == [card.description for card in message]
    assert sum(card.length for card in named) <= MESSAGE_CHARACTERS


def test_short_cards_go_into_one_message_unchanged():
    cards = [Card("One", "1"), Card("Two", "2")]
    assert one_message(cards) == tuple(cards)


def test_a_card_needs_a_title_and_a_time_zone():
    with pytest.raises(ValueError, match="title"):
        Card(" ")
    with pytest.raises(ValueError, match="zone"):
        Card("Hull", timestamp=datetime(2022, 5, 6))  # noqa: DTZ001


def test_a_card_reads_as_plain_words():
    card = Card(
        f"{escape('Smith*')} **won**",
        f"Declared {at(AT)} (<t:{int(AT.timestamp())}:R>).",
        (Field("Seats", "Labour 3"), Field("Wards", "North\nSouth")),
        footer="PA",
        reference="ref 1",
    )
    assert card.to_text() == (
        "Smith* won\nDeclared 02:32.\nSeats: Labour 3\nWards:\nNorth\nSouth\nPA · ref 1"
    )


def test_an_embed_of_discord_py_is_the_same_card():
    card = Card("Hull", "29 of 57", (Field("Seats", "29"),), 0xFAA61A, "PA", "ref 1", AT)
    embed = card.to_embed()
    assert (embed.title, embed.colour.value, embed.footer.text) == ("Hull", 0xFAA61A, "PA · ref 1")
    assert embed.timestamp == AT


@pytest.mark.parametrize(
    "attack",
    [
        "@everyone",
        "@here",
        "<@123>",
        "<@&123>",
        "<#123>",
        "</council:1>",
        "<t:1:R>",
        "<:x:1>",
        "https://example.org",
        "[x](https://example.org)",
        "discord://x",
        "a\u202eb\u2066c\x00d",
    ],
)
def test_text_from_outside_does_nothing(attack):
    shown = escape(f"a {attack} b")
    for live in ("@e", "@h", "<@", "<#", "</", "<t", "<:", "://", "](", "\u202e", "\u2066", "\x00"):
        assert live not in shown.replace("\\]", "")


@pytest.mark.parametrize("start", ["# head", "- item", "> quote", "1. first", "+ item"])
def test_a_line_from_outside_starts_no_markdown_block(start):
    assert escape(start).startswith("\u200b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("_Listed because_: held", "Listed because: held"),
        (f"Hull. _Why_: {escape('a_b _c_')}", "Hull. Why: a_b _c_"),
        ("`ELECTION_NIGHT_TOKEN` and pa_urls", "ELECTION_NIGHT_TOKEN and pa_urls"),
    ],
)
def test_emphasis_goes_at_a_terminal_and_names_keep_their_underscores(text, shown):
    assert plain(text) == shown


def test_text_from_outside_is_one_bounded_line():
    assert escape("a\n\n b\tc") == "a b c"
    assert escape("word " * 100, 12) == "word word…"
    assert escape("\u200e\x07") == ""


@given(st.text(), st.integers(1, 200))
def test_escaped_text_reads_as_it_was(text, limit):
    assert len(plain(escape(text, limit))) <= limit
    assert "\n" not in escape(text, limit)
    json.dumps(escape(text, limit)).encode()


@given(words(500), st.integers(0, 200))
def test_text_is_cut_to_its_limit(text, limit):
    assert len(shortened(text, limit)) <= limit


def test_text_is_cut_at_a_word():
    assert shortened("Labour gain Hull", 13) == "Labour gain…"
    assert shortened("Labour gain Hull", 16) == "Labour gain Hull"
    assert shortened("Llanfairpwllgwyngyll", 6) == "Llanf…"


def test_a_long_list_counts_what_it_leaves_out():
    names = [f"Ward {n}" for n in range(20)]
    assert listed(names, 60) == "\n".join([*names[:7], "and 13 more"])
    assert listed(["Hull", "Leeds", "Bolton"], 16, ", ") == "Hull and 2 more"
    assert listed(["Hull", "Leeds"], 100, ", ") == "Hull, Leeds"
    assert listed(["Hull", "Leeds", "Bolton"], 16, " · ") == "Hull and 2 more"


@given(st.lists(words(200), max_size=40), st.integers(20, 300))
def test_lists_and_pages_keep_their_limit(items, limit):
    assert len(listed(items, limit)) <= limit
    assert all(len(page) <= limit for page in paged(items, limit))


_SENTENCE = st.text("abcdefgh", min_size=3, max_size=30).map(lambda words: f"A{words} was won.")
_LINES_OF_WORDS = st.lists(st.text("abcdefgh (+1)", min_size=1, max_size=40), min_size=1).map(
    lambda lines: [line.strip() or "a" for line in lines]
)


@given(st.lists(_SENTENCE, min_size=2, max_size=30), st.integers(60, 400))
def test_a_text_is_cut_between_sentences_and_says_how_many_are_left_out(sentences, limit):
    text = bounded(" ".join(sentences), limit)
    assert len(text) <= limit
    kept, found, more = text.partition(" And ")
    whole = kept.split(". ") if not found else kept.removesuffix(".").split(". ")
    assert [f"{one.removesuffix('.')}." for one in whole] == sentences[: len(whole)]
    if len(whole) < len(sentences):
        assert more == f"{len(sentences) - len(whole)} more."


@given(_LINES_OF_WORDS, st.integers(60, 200))
def test_a_list_is_cut_between_its_lines_and_says_how_many_are_left_out(lines, limit):
    text = bounded("\n".join(lines), limit)
    assert len(text) <= limit
    if len("\n".join(lines)) > limit:
        *kept, last = text.split("\n")
        assert kept == lines[: len(kept)]
        assert last == f"and {len(lines) - len(kept)} more"


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        ("Hull\nLeeds\nBarnet\nand 5 more", 20, "Hull\nand 7 more"),
        ("**Friday**\nHull\n**Saturday**\nLeeds is long", 36, "**Friday**\nHull\nand 1 more"),
        ("Hull, Leeds, Barnet, Croydon and York", 24, "Hull, Leeds and others."),
        ("Labour need 6; the Greens need 7; others none", 40, "Labour need 6; and 2 more."),
        ("Sources: PA · As of 09:00 · silent for 2 hours", 30, "Sources: PA · and 2 more"),
        (
            "It was won by A. B. Smith of St. Ives. He had 5 votes.",
            50,
            "It was won by A. B. Smith of St. Ives. And 1 more.",
        ),
        ("Anunbrokenname" * 4, 20, "AnunbrokennameAnunb…"),
    ],
)
def test_a_text_ends_where_a_part_of_it_ends(text, limit, said):
    assert bounded(text, limit) == said


def test_a_card_that_has_no_room_ends_no_line_in_mid_sentence():
    lines = [f"Council {n} is gained by Labour from the Conservatives" for n in range(200)]
    card = Card("Changes", "\n".join(lines), (Field("Names", ", ".join(lines[:60])),))
    *kept, last = card.description.split("\n")
    assert kept == lines[: len(kept)]
    assert last == f"and {len(lines) - len(kept)} more"
    (field,) = card.fields
    assert re.fullmatch(r"(Council \d+ [^,]+, )*Council \d+ [^,]+ and others\.", field.value)
    short = card.within(1_500)
    assert short.description.split("\n")[-1].endswith(" more")
