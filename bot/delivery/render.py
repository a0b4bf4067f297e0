"""Renders deliveries: their embeds when sent, and when edited after the claim has changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.cards.alerts import AlertFacts, alert_card, standing_card, struck_card
from bot.cards.card import DESCRIPTION, MESSAGE_CHARACTERS, Card, length_of
from bot.cards.desk import ServiceNotice, service_notice_card
from bot.cards.notices import notice_card, notice_title
from bot.cards.spoilers import hidden
from bot.delivery.lists import claim_in_force, list_embed
from bot.delivery.matching import Told, content_of
from bot.delivery.references import message_link
from bot.election.alert_kinds import AlertKind
from bot.election.almanac import Almanac
from bot.election.baselines import Baseline
from bot.election.claims import (
    BallotDeclared,
    ClaimContent,
    ClaimState,
    LargestParty,
    Milestone,
    same_news,
)
from bot.store import deliveries as store
from bot.store import outbox, posts, service_notices, summaries, threads, unrecorded
from bot.store.calm import calm_of
from bot.store.claims import evidence_of, notice_of
from bot.store.codec import Row
from bot.store.deliveries import DeliveryKind
from bot.store.names import council_of, party_names
from bot.store.service_notices import About
from bot.store.standings import assembly_so_far, stored_ballot, stored_report
from bot.wording.councils import outcome_sentence
from bot.wording.phrases import count, day, name_of, sentence_case
from bot.wording.text import bounded, escape, listed

Embed = dict[str, Any]
DIGEST_TITLE = "had declared when we began to follow"
"""How the title of a digest ends."""
_SHORTEST = 40
"""The shortest length in characters that a text is cut to."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message should show now; `struck` are the deliveries struck through."""

    embeds: list[Embed]
    struck: tuple[int, ...]
    hidden: bool = False
    """Whether its results are hidden."""


class Renderer:
    """Turns deliveries into embeds, from the tables alone."""

    def __init__(self, almanac: Almanac) -> None:
        self._tables = self._almanac = almanac
        self._renderers: dict[DeliveryKind, Callable[[sqlite3.Connection, Row], list[Embed]]] = {
            DeliveryKind.DIGEST: self._digest,
            DeliveryKind.SUMMARY: self.summary,
            DeliveryKind.SERVICE_NOTICE: self._service_notice,
        }

    @property
    def almanac(self) -> Almanac:
        """The almanac, with the names of parties known only from the wire."""
        return self._almanac

    def embeds(self, db: sqlite3.Connection, delivery: Row) -> list[Embed]:
        """Return a delivery's embeds; each footer ends in the delivery's reference."""
        return self._renderers.get(DeliveryKind(delivery["kind"]), self._alert)(db, delivery)

    def edited(self, db: sqlite3.Connection, post: Row) -> Shown:
        """Return what a sent post's message should show now.

        An embed that differs from the claim in force is struck through. One that says the same
        shows the present evidence, and says that it stands after all if it was struck before.
        """
        self.learn_names(db)
        rows = store.deliveries_of(db, post["id"])
        shown = self._edited(db, post, rows)
        if post["said"] is None and not _is_to_hide(db, post, rows):
            return shown
        is_list = bool(post["digest"])
        embeds = self.hidden(db, rows, shown.embeds, is_list=is_list)
        return Shown(embeds, shown.struck, hidden=True)

    def hidden(
        self, db: sqlite3.Connection, rows: Sequence[Row], embeds: Sequence[Embed], *, is_list: bool
    ) -> list[Embed]:
        """Return the embeds of deliveries with their results hidden; titles name what declared.

        The title of a list says no result.
        """
        if is_list:
            return [hidden(each, each["title"]) for each in embeds]
        about = {row["reference"]: self._about(db, row) for row in rows}
        return [
            hidden(each, about.get(_footer(each).rpartition(" · ")[2], "A result"))
            for each in embeds
        ]

    def _about(self, db: sqlite3.Connection, delivery: Row) -> str:
        """Return a title for a delivery that gives no result away."""
        if delivery["kind"] == DeliveryKind.SUMMARY:
            return "Summary of the night"
        if delivery["kind"] == DeliveryKind.DIGEST:
            return "Results so far"
        claim = outbox.claim(db, delivery["outbox"])
        if claim is None or claim["of_notice"]:
            return "A moment of the night"
        return f"{name_of(council_of(db, self._almanac.councils, claim['council']))} has declared"

    def _edited(self, db: sqlite3.Connection, post: Row, rows: Sequence[Row]) -> Shown:
        if post["digest"]:
            return Shown([list_embed(self, db, rows)], ())
        said = post["said"]
        embeds: list[Embed] = json.loads(said) if said else json.loads(post["payload"])["embeds"]
        struck = []
        for delivery in rows:
            if delivery["kind"] in self._renderers:
                now = self._renderers[DeliveryKind(delivery["kind"])](db, delivery)
            else:
                latest = claim_in_force(db, delivery)
                if _said(db, delivery) == content_of(latest):
                    now = self._standing(db, delivery, latest, embeds)
                else:
                    ours = _of_delivery(embeds, delivery)
                    retraction = delivery["kind"] == DeliveryKind.RETRACTION
                    now = [
                        self._struck(db, delivery, latest, embed, retraction=retraction)
                        for embed in ours
                    ]
                    struck.append(delivery["id"])
            embeds = _replacing(embeds, delivery, now)
        for unknown in unrecorded.unrecorded_of_post(db, post["id"]):
            told, holds = embeds[unknown["position"]], claim_in_force(db, unknown)
            if not (
                _is_struck(told) or unrecorded.says_what_holds(db, unknown["reference"], holds)
            ):
                embeds[unknown["position"]] = self._struck(
                    db, unknown, holds, told, by="message_id"
                )
        return Shown(_within_limit(embeds), tuple(struck))

    def learn_names(self, db: sqlite3.Connection) -> None:
        """Take the names of parties that are known only from the wire."""
        parties = self._tables.parties.named(party_names(db))
        if parties is not self._almanac.parties:
            self._almanac = replace(self._tables, parties=parties)

    def _alert(self, db: sqlite3.Connection, delivery: Row) -> list[Embed]:
        claim = outbox.claim_told(db, delivery, delivery["council"])
        if claim is None:
            raise ValueError(f"delivery {delivery['id']} is of a claim that is not there")
        return [self._alert_card(db, delivery, claim).to_embed_dict()]

    def _standing(
        self, db: sqlite3.Connection, delivery: Row, latest: Row, shown: Sequence[Embed]
    ) -> list[Embed]:
        """Return an alert with its claim's present evidence, as far as there is room."""
        ours = _of_delivery(shown, delivery)
        others = length_of(shown) - length_of(ours)
        card = self._alert_card(db, delivery, latest)
        if delivery["struck"]:
            card = standing_card(card, datetime.fromisoformat(latest["made_at"]))
        return [card.within(MESSAGE_CHARACTERS - others).to_embed_dict()]

    def _alert_card(self, db: sqlite3.Connection, delivery: Row, claim: Row) -> Card:
        """Return the card of a delivery, with the evidence of *claim*.

        *claim* is the version that was told, or a later one that says the same.
        """
        told = outbox.claim_told(db, delivery, delivery["council"]) or claim
        previous = _told_before(db, delivery)
        if claim["of_notice"]:
            card = self._notice_card(db, delivery, told, claim, previous)
        else:
            facts = replace(
                self._facts(db, told, claim, previous), told_earlier=_was_told_earlier(db, delivery)
            )
            card = alert_card(facts, self._almanac, reference=delivery["reference"])
        if previous is None and delivery["kind"] == DeliveryKind.CORRECTION:
            return _as_correction(card, unrecorded.told_last(db, delivery))
        return card

    def _notice_card(
        self, db: sqlite3.Connection, delivery: Row, told: Row, claim: Row, previous: Told | None
    ) -> Card:
        notice = notice_of(told)
        ballots = self._almanac.night(date.fromisoformat(told["night"])).ballots
        report = None
        if (number := _report_behind(db, claim, notice)) is not None:
            report = stored_report(db, number)
        seats = declared = None
        if isinstance(notice, LargestParty):
            seats = assembly_so_far(db, told["night"], self._almanac.parties)
        if isinstance(notice, Milestone):
            declared = outbox.councils_declared(db, told["night"], told["outbox"])
        return notice_card(
            notice,
            self._almanac,
            ballots,
            night=date.fromisoformat(told["night"]),
            reference=delivery["reference"],
            made_at=datetime.fromisoformat(told["made_at"]),
            previous=None if isinstance(previous, ClaimContent) else previous,
            report=report,
            seats=seats,
            declared=declared,
        )

    def _facts(
        self, db: sqlite3.Connection, told: Row, claim: Row, before: Told | None
    ) -> AlertFacts:
        content, previous = _council_content(content_of(told)), _council_content(before)
        evidence = evidence_of(db, claim["outbox"])
        state = ClaimState.DECLARED if previous is None else ClaimState.CORRECTED
        facts = AlertFacts(
            night=date.fromisoformat(told["night"]),
            council=council_of(db, self._almanac.councils, told["council"]),
            version=told["version"],
            state=ClaimState.RETRACTED if content is None else state,
            content=content,
            before=previous.before if previous else None,
            previous=previous,
            declared_at=told["declared_at"] and datetime.fromisoformat(told["declared_at"]),
        )
        if evidence is None:
            return facts
        return replace(
            facts,
            now=evidence.now,
            won=evidence.won,
            changes=evidence.changes,
            baseline=evidence.baseline or Baseline.WIRES,
            source=evidence.source,
            basis=evidence.basis,
            by_desk=evidence.by_desk,
            before_year=evidence.before_year,
        )

    def _struck(
        self,
        db: sqlite3.Connection,
        delivery: Row,
        latest: Row,
        wrong: Embed,
        *,
        retraction: bool = False,
        by: str = "id",
    ) -> Embed:
        """Return an embed that no longer holds, struck through, with a link to one that does.

        Comparing the column *by* shows which of the two is higher up in the channel.
        """
        card = struck_card(
            Card(title=wrong["title"], footer=_footer(wrong), timestamp=_timestamp(wrong)),
            self.sentence(db, latest),
            retraction=retraction,
        )
        embed = card.to_embed_dict()
        post = _delivery_in_force(db, delivery, latest)
        if post is not None:
            where = "below" if post[by] > delivery[by] else "above"
            embed["description"] = f"{card.description}\n[See {where}]({message_link(post)})"
        return embed

    def sentence(self, db: sqlite3.Connection, claim: Row) -> str | None:
        """Return a claim's version as a sentence without full stop, None for a retraction."""
        match content_of(claim):
            case None:
                return None
            case ClaimContent() as content:
                council = council_of(db, self._almanac.councils, claim["council"])
                return outcome_sentence(council, content, self._almanac.parties)
            case notice:
                ballots = self._almanac.night(date.fromisoformat(claim["night"])).ballots
                return notice_title(notice, self._almanac, ballots)

    def _digest(self, db: sqlite3.Connection, delivery: Row) -> list[Embed]:
        rows = outbox.latest_claims(db, delivery["version"], delivery["outbox"])
        latest = [
            (council_of(db, self._almanac.councils, row["council"]), content)
            for row in rows
            if (content := _council_content(content_of(row))) is not None
        ]
        news = {
            council.code: outcome_sentence(council, content, self._almanac.parties)
            for council, content in latest
            if content.alert_kind is not AlertKind.HOLD
        }
        night = date.fromisoformat(delivery["night"])
        ballots = self._almanac.night(night).ballots
        for row in rows:
            notice = notice_of(row) if row["of_notice"] else None
            if notice is not None and not any(key in news for key in same_news(notice, night)):
                news[row["council"]] = notice_title(notice, self._almanac, ballots)
        councils = count(len(latest), "council")
        if news and not latest:
            councils = count(len(news), "contest")
        told = listed(list(news.values()), DESCRIPTION - 200) or "None of them has changed hands."
        card = Card(
            title=sentence_case(f"{councils} {DIGEST_TITLE}"),
            description=f"{told}\nNew results will follow as they come in.",
            reference=delivery["reference"],
        )
        return [card.to_embed_dict()]

    def summary(self, db: sqlite3.Connection, delivery: Row) -> list[Embed]:
        """Return the embeds of the edition that a delivery tells."""
        summary = summaries.summary(db, delivery["night"], summaries.Edition(delivery["version"]))
        if summary is None:
            raise ValueError(f"there is no summary of {delivery['night']}")
        embeds: list[Embed] = json.loads(summary["embeds"])
        for embed in embeds:
            footer = " · ".join(filter(None, (_footer(embed), delivery["reference"])))
            embed["footer"] = {"text": footer}
        return embeds

    def _service_notice(self, db: sqlite3.Connection, delivery: Row) -> list[Embed]:
        if delivery["council"] == About.CLAIM:
            about = ServiceNotice(None, None, claim=self._name_of_claim(db, delivery["outbox"]))
        elif delivery["council"] == About.THREAD:
            about = _thread_given_up(threads.thread(db, delivery["outbox"]))
        else:
            about = _service_notice_of(db, delivery)
        card = service_notice_card(about)
        return [replace(card, reference=delivery["reference"]).to_embed_dict()]

    def _name_of_claim(self, db: sqlite3.Connection, number: int) -> str:
        """Return the council or notice and the night of a claim whose content cannot be read."""
        claim = outbox.claim(db, number)
        if claim is None:
            return f"Claim {number}"
        key, night = claim["council"], date.fromisoformat(claim["night"])
        about = key if claim["of_notice"] else council_of(db, self._almanac.councils, key).name
        return f"{escape(about)}, {day(night)}"


def _is_to_hide(db: sqlite3.Connection, post: Row, rows: Sequence[Row]) -> bool:
    """Whether spoilers are wanted since a post of news was sent: its edit would tell the new."""
    if any(row["kind"] == DeliveryKind.SERVICE_NOTICE for row in rows):
        return False
    return calm_of(db, post["destination"]).spoilers


def _service_notice_of(db: sqlite3.Connection, delivery: Row) -> ServiceNotice:
    """Return a delivery's service notice in its present state."""
    number = delivery["outbox"]
    if delivery["council"] == About.DELIVERY:
        dropped = store.delivery(db, number)
        return _message_lost(dropped, [] if dropped is None else [dropped])
    if number:
        return _message_lost(posts.post(db, number), store.deliveries_of(db, number))
    place = service_notices.paused_place(db, delivery["version"])
    if place is None:
        return ServiceNotice(None, None)
    mention = f"<#{place['place']}>"
    if place["guild_id"] is None:
        mention = f"direct messages to <@{place['place']}>"
    return ServiceNotice(mention, place["reason"], board=bool(place["board"]))


def _thread_given_up(row: Row | None) -> ServiceNotice:
    """Return the notice that alerts go to a channel in place of its thread."""
    if row is None:
        return ServiceNotice(None, None)
    return ServiceNotice(f"<#{row['destination']}>", row["given_up"], thread=row["name"])


def _message_lost(why: Row | None, lost: Sequence[Row]) -> ServiceNotice:
    """Return the notice that a message was not posted: its row *why*, and its deliveries."""
    return ServiceNotice(
        place=_mention(why) if why else None,
        reason=str(why["reason"]) if why else None,
        references=tuple(each["reference"] for each in lost),
    )


def _mention(post: Row) -> str:
    if post["guild_id"] is None:
        return f"direct messages to <@{post['destination']}>"
    return f"<#{post['destination']}>"


def _report_behind(db: sqlite3.Connection, claim: Row, notice: Told | None) -> int | None:
    """Return the report behind a notice; for a ballot's newest claim, the one in force.

    A rush report has no votes; the full result that follows has them and makes no new claim.
    """
    number: int | None = claim["report_id"]
    if isinstance(notice, BallotDeclared):
        stands = stored_ballot(db, claim["night"], notice.ballot)
        if stands is not None and stands.declared and stands.version == claim["version"]:
            return stands.report_id or number
    return number


def _council_content(content: Told | None) -> ClaimContent | None:
    return content if isinstance(content, ClaimContent) else None


def _told_before(db: sqlite3.Connection, delivery: Row) -> Told | None:
    """Return what the destination was told before, None if nothing was sent."""
    wrong = store.what_it_corrects(db, delivery)
    if wrong is None:
        return None
    claim = outbox.claim_told(db, wrong, delivery["council"])
    return None if claim is None else content_of(claim)


def _said(db: sqlite3.Connection, delivery: Row) -> Told | None:
    """Return what a delivery said; None if it retracted something."""
    claim = outbox.claim_told(db, delivery, delivery["council"])
    return None if claim is None else content_of(claim)


def _as_correction(card: Card, unknown: Row | None) -> Card:
    """Return a card as the correction of an embed that the database has no record of."""
    if unknown is None:
        return card
    return replace(
        card,
        title=f"CORRECTION: {card.title}",
        description=f"We had reported: {unknown['title']}.\n{card.description}".rstrip(),
    )


def _is_struck(embed: Embed) -> bool:
    return str(embed.get("title", "")).startswith("WITHDRAWN: ")


def _was_told_earlier(db: sqlite3.Connection, delivery: Row) -> bool:
    """Return whether an earlier delivery to the same destination said the same."""
    said = _said(db, delivery)
    told = store.sent_of_claim(db, delivery)
    return any(row["id"] < delivery["id"] and _said(db, row) == said for row in told)


def _delivery_in_force(db: sqlite3.Connection, delivery: Row, latest: Row) -> Row | None:
    """Return the last delivery to the same destination that says what holds now."""
    holds = content_of(latest)
    told = reversed(store.sent_of_claim(db, delivery))
    return next((row for row in told if _said(db, row) == holds), None)


def _footer(embed: Embed) -> str:
    return str(embed.get("footer", {}).get("text", ""))


def _timestamp(embed: Embed) -> datetime | None:
    return datetime.fromisoformat(embed["timestamp"]) if "timestamp" in embed else None


def _of_delivery(embeds: Sequence[Embed], delivery: Row) -> list[Embed]:
    reference = delivery["reference"]
    return [embed for embed in embeds if _footer(embed).endswith(reference)]


def _replacing(shown: Sequence[Embed], delivery: Row, now: Sequence[Embed]) -> list[Embed]:
    """Return *shown* with the embeds of a delivery replaced by *now*, in the same place."""
    ours = _of_delivery(shown, delivery)
    if not ours:
        return list(shown)
    first = shown.index(ours[0])
    others = [embed for embed in shown if embed not in ours]
    return [*others[:first], *now, *others[first:]]


def _within_limit(embeds: list[Embed]) -> list[Embed]:
    """Cut the longest descriptions until the embeds fit into one message."""
    over = length_of(embeds) - MESSAGE_CHARACTERS
    for embed in sorted(embeds, key=lambda each: -len(each.get("description", ""))):
        if over <= 0:
            break
        text = embed.get("description", "")
        kept = max(_SHORTEST, len(text) - over - 1)
        if kept < len(text):
            embed["description"] = bounded(text, kept + 1)
            over -= len(text) - len(embed["description"])
    return embeds
