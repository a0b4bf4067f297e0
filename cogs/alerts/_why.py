"""The answers of `/alerts why`: why something was or was not posted here.

They say nothing about other servers, and about a held result nothing that `/council` does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.cards.calm import LEVELS
from bot.cards.card import DESCRIPTION, Card
from bot.cards.notices import notice_title
from bot.chat.following import where
from bot.chat.services import Services
from bot.chat.topics import topic_words
from bot.clock import LONDON
from bot.delivery.history import Fate, History, Place, Version
from bot.delivery.subscriptions import Subscription
from bot.election.alert_kinds import Topic
from bot.election.almanac import Almanac
from bot.election.claims import SEPARATOR, BallotDeclared, Basis, ClaimState, Notice
from bot.election.councils import Council
from bot.election.standings import CouncilStanding
from bot.store.calm import Gathered
from bot.store.codec import Row
from bot.store.deliveries import CLAIM, DeliveryKind, DeliveryState
from bot.wording.councils import outcome_sentence
from bot.wording.phrases import count, day, in_words, name_of, number, sentence_case
from bot.wording.sources import feed_name
from bot.wording.text import at, clock_time, escape, listed

_MOST_VERSIONS = 6
_MOST_FATES = 4
_MOST_SUBSCRIPTIONS = 4
_LONGEST_REASON = 300
_KINDS = {
    DeliveryKind.ALERT: "alert",
    DeliveryKind.CORRECTION: "correction",
    DeliveryKind.RETRACTION: "retraction",
    DeliveryKind.DIGEST: "digest",
    DeliveryKind.SUMMARY: "summary",
    DeliveryKind.SERVICE_NOTICE: "notice of a fault",
}


_ABOUT = {
    "contest": "a contest",
    "assembly": "the Assembly",
    "milestone": "a milestone",
    "due": "a reminder",
}
"""What the prefix of a notice's key stands for."""


def why_card(
    council: Council,
    night: date,
    standing: CouncilStanding | None,
    history: History,
    services: Services,
) -> Card:
    """Return the claims about a council, and what each destination was told of them and why."""
    almanac = services.named
    claimed = [_version_line(version, council, almanac) for version in history.versions]
    if len(claimed) > _MOST_VERSIONS:
        left_out = count(len(claimed) - _MOST_VERSIONS, "version")
        claimed = [claimed[0], f"… {left_out} between …", *claimed[1 - _MOST_VERSIONS :]]
    claimed += _state_of_the_claim(council, night, standing, history)
    places = [
        "\n".join((f"**{sentence_case(where(place.destination))}**", *lines))
        for place in history.places
        if (lines := list(_place_lines(place, history, services)))
    ]
    if not places:
        places = ["Nothing is followed here yet. `/alerts subscribe` starts."]
    return Card(
        title=f"Why: {name_of(council)}",
        description=listed(["\n".join(claimed), *places], DESCRIPTION, "\n\n"),
    )


def message_card(delivery: Row) -> Card:
    """Return what a digest, a summary or a service notice is."""
    said = {
        DeliveryKind.DIGEST: "It named the councils that had declared when we began to follow "
        "the feed; none of them made an alert of its own.",
        DeliveryKind.SUMMARY: "It is the summary of the night, for those who follow "
        "`summary`; it is edited if something in it was wrong.",
        DeliveryKind.SERVICE_NOTICE: "It says that something could not be posted, to those who "
        "can fix it.",
    }[DeliveryKind(delivery["kind"])]
    return Card(
        title=f"Why: {delivery['reference']}",
        description=f"{said} It is {_state_of(delivery)}.",
    )


def notice_why_card(delivery: Row, told: Notice, services: Services) -> Card:
    """Return what a notice told, and its state."""
    ballots = services.almanac.night(date.fromisoformat(delivery["night"])).ballots
    title = notice_title(told, services.named, ballots)
    rests = (
        "It rests on that contest's current report."
        if isinstance(told, BallotDeclared)
        else "It rests on the results declared by then."
    )
    state = _state_of(delivery)
    kind = sentence_case(_KINDS[DeliveryKind(delivery["kind"])])
    return Card(
        title=f"Why: {delivery['reference']}",
        description=f"{kind}: {title}.\n{rests} The message is {state}.",
    )


def posted_label(delivery: Row, almanac: Almanac) -> str:
    """Return the label of a delivery: "EN-7K3Q2M9X, 02:32: correction, Kingston upon Hull"."""
    key = delivery["council"] if delivery["subject"] == CLAIM else ""
    about = _ABOUT.get(key.partition(SEPARATOR)[0]) or (key and almanac.councils.get(key).name)
    moment = clock_time(datetime.fromisoformat(delivery["queued_at"]))
    words = ", ".join(filter(None, (_KINDS[DeliveryKind(delivery["kind"])], about)))
    return f"{delivery['reference']}, {moment}: {words}"


def _version_line(version: Version, council: Council, almanac: Almanac) -> str:
    if version.content is None:
        said = "withdrawn"
    else:
        said = outcome_sentence(council, version.content, almanac.parties)
    if version.by_desk:
        origin = "by the desk"
    elif version.basis is Basis.WARDS:
        origin = "counted from the wards"
    elif version.source is not None:
        origin = f"from {feed_name(version.source.feed)}"
        if version.source.revision is not None:
            origin += f", revision {number(version.source.revision)}"
    else:
        origin = "as the reports stood then"
    line = f"Version {version.number}, {at(version.made_at)}: {said}, {origin}."
    if version.seeded:
        line += " It was there when we began to follow: a digest told it, not an alert."
    return line


def _state_of_the_claim(
    council: Council, night: date, standing: CouncilStanding | None, history: History
) -> Iterator[str]:
    if history.paused_at is not None:
        yield (
            f"The desk has paused all alerts since {at(history.paused_at)}; what is due follows "
            "when it resumes them."
        )
    if history.settles_at is not None:
        yield (
            "It has changed again and again within minutes. Whoever was told another version is "
            f"told the last one if it stays as it is until {at(history.settles_at)}."
        )
    if standing is not None and standing.awaiting_desk:
        yield (
            "A result is held for checks, and nobody is told of it before that. **How we know** "
            "under `/council` says why."
        )
    if history.versions:
        return
    if standing is None:
        yield f"{name_of(council)} does not vote on {day(night)}, so there is nothing to post."
    elif standing.declared is not None:
        yield (
            "A result is shown, but not confirmed by a second look or another source: nobody is "
            "told of it before that."
        )
    elif not standing.awaiting_desk:
        yield "It has not declared, so there is nothing to post yet."


def _place_lines(place: Place, history: History, services: Services) -> Iterator[str]:
    if not place.subscriptions and not place.fates:
        return
    if place.paused_at is not None:
        reason = escape(place.reason or "", _LONGEST_REASON)
        yield f"Paused since {at(place.paused_at)}: {reason}"
    yield from _subscription_lines(place, history, services)
    fates = place.fates[-_MOST_FATES:]
    if len(place.fates) > len(fates):
        yield f"… {count(len(place.fates) - len(fates), 'earlier message')} …"
    for fate in fates:
        yield _fate_line(fate, place)
    if history.versions and not any(_tells(fate, history.versions[-1]) for fate in place.fates):
        yield _why_nothing(place, history)


def _subscription_lines(place: Place, history: History, services: Services) -> Iterator[str]:
    def words(subscriptions: Sequence[Subscription]) -> str:
        named = [topic_words(s.topic, s.value, services) for s in subscriptions]
        more = len(named) - _MOST_SUBSCRIPTIONS
        return in_words([*named[:_MOST_SUBSCRIPTIONS], *([f"{more} more"] if more > 0 else [])])

    if not history.versions:
        about = [s for s in place.subscriptions if s.topic is not Topic.SUMMARY]
        yield f"Follows {words(about)}." if about else "Follows only the summary."
        return
    for subscription in place.matching:
        told = words([subscription])
        since = at(subscription.created_at)
        yield f"Follows {told}, since {since}: this result matches."
    for subscription in place.below:
        yield (
            f"Follows {words([subscription])} at the level “{LEVELS[subscription.level]}”: the "
            "result is below that level."
        )
    others = [s for s in place.subscriptions if s not in (*place.matching, *place.below)]
    if others:
        yield f"Follows {words(others)}: this result does not match."


_LISTS = {
    Gathered.MORNING: "held for the morning: in “While you slept” or after it",
    Gathered.TOGETHER: "joined with others of the same minutes",
}


def _fate_line(fate: Fate, place: Place) -> str:
    what = sentence_case(_KINDS[fate.kind])
    of = "" if fate.kind is DeliveryKind.DIGEST else f" of version {fate.version}"
    line = f"{what}{of}, {at(fate.queued_at)}: "
    if fate.link is not None:
        line += f"[sent]({fate.link}), {fate.reference}"
        if fate.late:
            line += ", late, in a list of what waited"
        elif fate.gathered is not None:
            line += f", {_LISTS[fate.gathered]}"
        if fate.corrected_by is not None and fate.holds:
            line += f", struck for {fate.corrected_by}, and stands after all"
        elif fate.corrected_by is not None:
            line += f", struck: {fate.corrected_by} took its place"
        if fate.edit_open:
            line += "; its message is still to be edited"
        elif fate.edit_failed is not None:
            line += f"; its message could not be edited: {escape(fate.edit_failed, 200)}"
        return f"{line.rstrip('.')}."
    open_ = fate.state in (DeliveryState.WAITING, DeliveryState.SEALED)
    state = _state_words(fate.state, fate.gathered, fate.held_until)
    if open_ and place.paused_at is not None:
        state = "waits until the place is taken up again"
    if fate.state is DeliveryState.REPLACED and fate.reason is not None:
        state = "not sent"
    line += f"{state}, {fate.reference}"
    return f"{line}. {escape(fate.reason, _LONGEST_REASON)}" if fate.reason else f"{line}."


def _state_of(delivery: Row) -> str:
    """Return the state of a delivery by its row."""
    gathered, until = delivery["gathered"], delivery["held_until"]
    return _state_words(
        DeliveryState(delivery["state"]),
        Gathered(gathered) if gathered else None,
        datetime.fromisoformat(until) if until else None,
    )


def _state_words(state: DeliveryState, gathered: Gathered | None, until: datetime | None) -> str:
    if state is DeliveryState.HELD and until is not None:
        joined = gathered is Gathered.TOGETHER
        why = "joined with others, due" if joined else "held for the morning, due"
        return f"{why} {at(until.astimezone(LONDON))}"
    return {
        DeliveryState.HELD: "held",
        DeliveryState.WAITING: "waiting for its turn",
        DeliveryState.SEALED: "on its way, and Discord has not answered yet",
        DeliveryState.SENT: "sent",
        DeliveryState.REPLACED: "never sent, as something newer took its place",
        DeliveryState.FAILED: "not sent",
    }[state]


def _tells(fate: Fate, version: Version) -> bool:
    """Return whether a delivery told a version, by itself or in a digest."""
    return fate.outbox == version.outbox or (
        fate.kind is DeliveryKind.DIGEST and fate.version <= version.outbox <= fate.outbox
    )


def _why_nothing(place: Place, history: History) -> str:
    """Return why the newest version was not told here."""
    version = history.versions[-1]
    follows = any(one.after_outbox < version.outbox for one in place.matching)
    if version.outbox > history.expanded and (follows or place.fates):
        return f"Version {version.number} is about to be posted."
    if not any(f.state in (DeliveryState.SENT, DeliveryState.SEALED) for f in place.fates):
        return _why_never(place, version)
    if history.settles_at is not None:
        return f"Version {version.number} waits until the result settles."
    if version.state is ClaimState.COMPLETED:
        return f"Version {version.number} completes what was told here: its message is edited."
    return f"Version {version.number} says what was told here last: nothing more to say."


def _why_never(place: Place, version: Version) -> str:
    """Return why no version of a claim was ever told here."""
    if version.content is None:
        return "It was withdrawn before anything was posted here."
    if not place.matching:
        if place.below:
            return "Below your level: it was not posted here. `/alerts quiet` changes the level."
        return "Nothing followed here matches it."
    if all(s.after_outbox >= version.outbox for s in place.matching):
        first = min(s.created_at for s in place.matching)
        return (
            f"Followed since {at(first)}, after it was claimed at {at(version.made_at)}: nothing "
            "older is told late. `/night changes` shows it."
        )
    return "Nothing was queued for this place then: what it follows has changed since."
