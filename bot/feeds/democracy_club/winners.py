"""Democracy Club's Atom feed: one entry for each winner, and one for each that is taken back.

Only `/results/all.atom` carries the fields that say who won what; `/results/all-basic.atom` has
none of them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.election.parties import WireParty
from bot.election.reports import WinnerStatement
from bot.feeds import markers
from bot.feeds.democracy_club.ballots import not_followed_of, wire_council
from bot.feeds.elements import Element
from bot.feeds.faults import DocumentFault
from bot.feeds.parsed import Parsed
from bot.feeds.values import clipped, day, moment, shown

FORMAT = "Democracy Club Atom"
ROOT = "feed"

_EXTRA = "election_slug"
_SLUG = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
_TITLE = re.compile(r"(?:.*statement that )?(?P<person>.+) \((?P<party>.+)\) won in (?P<ward>.+)")


def entries_of(root: Element) -> list[Element]:
    """Return the entries of a feed; raises `DocumentFault` for the basic feed."""
    entries = list(root.all("entry"))
    if entries and not any(entry.child(_EXTRA) for entry in entries):
        raise DocumentFault(
            "This is Democracy Club's basic Atom feed, whose entries do not say which ward and"
            " which party: take /results/all.atom instead."
        )
    return entries


def parse(root: Element) -> Parsed:
    """Return the statements in a feed; raises `DocumentFault`.

    A faulty entry loses only itself.
    """
    parsed = Parsed()
    test = markers.is_test_election(root.inner("title"))
    for number, entry in enumerate(entries_of(root), start=1):
        label = f"Entry {number}"
        try:
            entry_id = entry.inner_text("id")
            label = f"Entry {clipped(entry_id)}"
            if _slug(entry).startswith("local."):
                parsed.add(_statement(entry, entry_id, test))
            else:
                parsed.add(replace(not_followed_of(_slug(entry)), what=entry_id))
        except DocumentFault as fault:
            parsed.faults.append(f"{label}: {fault} Ask Democracy Club about it.")
    return parsed


def _statement(entry: Element, entry_id: str, test: bool) -> WinnerStatement:
    slug = _slug(entry)
    title = entry.inner("title") or ""
    told = _TITLE.fullmatch(title)
    election = entry.inner("election_name")
    post = entry.inner_text("post_id")
    gss = post.removeprefix("gss:") if post.startswith("gss:") else None
    ward = entry.inner("post_name") or (told["ward"] if told else None)
    if gss is None and ward is None:
        raise DocumentFault(f"its ward is not named: its post_id is {clipped(post)}.")
    person = entry.inner("winner_person_name") or (told["person"] if told else "")
    source = entry.child("information_source")
    return WinnerStatement(
        night=day(entry.inner("election_date") or slug.rpartition(".")[2], "its election_date"),
        entry=entry_id,
        council=wire_council(election, slug),
        area=ward,
        gss=gss,
        # Not the name: a name may be mended between a statement and its retraction.
        person=entry.inner_text("winner_person_id"),
        party=_party(entry, told["party"] if told else None),
        retraction=_is_retraction(entry),
        stated_at=moment(entry.inner("updated") or entry.inner_text("published"), "its updated"),
        by_election=".by." in slug
        or markers.names_only_by_elections(election)
        or markers.names_by_election(ward),
        source=shown(source.content[:200], "its source") or None if source else None,
        test=test or markers.is_test_election(election) or markers.is_test_surname(person),
    )


def _is_retraction(entry: Element) -> bool:
    """Return whether an entry takes another back; one that does not say so is not believed."""
    if entry.inner("retraction") is None:
        raise DocumentFault("it does not say whether it is a retraction.")
    return entry.inner_flag("retraction")


def _party(entry: Element, told: str | None) -> WireParty:
    name = entry.inner("winner_party_name") or told
    ec_id = entry.inner("winner_party_id")
    if name is None and ec_id is None:
        raise DocumentFault("its party is missing.")
    return WireParty(name=name or "", ec_id=ec_id)


def _slug(entry: Element) -> str:
    slug = entry.inner_text(_EXTRA)
    if not _SLUG.fullmatch(slug):
        raise DocumentFault(f"its election_slug is {clipped(slug)}, which is none.")
    return slug
