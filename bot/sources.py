"""The feeds that the settings name, each with the setting that names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from yarl import URL

from bot.clock import Clock
from bot.election.nights import is_past
from bot.feeds.democracy_club.ballots_feed import DemocracyClubBallots
from bot.feeds.democracy_club.winners_feed import DemocracyClubWinners
from bot.feeds.feed import Addressed, Feed
from bot.feeds.folders import DiskFolder, HttpFolder
from bot.feeds.hints import Hints
from bot.feeds.http import PoliteClient
from bot.feeds.pa.array import JsonArray
from bot.feeds.web_document import WebDocument
from bot.settings import Settings, variable


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, the seconds between two fetches of it, and the setting that names it."""

    feed: Feed
    interval: float
    setting: str

    @property
    def called(self) -> str:
        """The feed's name and setting, as operators know it."""
        return f"{self.feed.name} ({variable(self.setting)})"


def client_of(settings: Settings) -> PoliteClient:
    """Return the client for feeds, which sends Democracy Club's key to its host and to no other.

    Its API takes the key as `Authorization: Token …` (candidates.democracyclub.org.uk/api/).
    """
    key, site = settings.democracy_club_key, settings.democracy_club_url
    keys = {}
    if key is not None and site is not None:
        keys[URL(site).origin()] = f"Token {key.get_secret_value()}"
    return PoliteClient(keys=keys, may_redirect_to=settings.redirect_hosts)


def sources_of(
    settings: Settings, night: date, clock: Clock, http: PoliteClient
) -> Iterator[Source]:
    """Yield the configured feeds; those that serve one night at a time are asked for *night*."""
    pa: list[tuple[str, str, Feed]] = []
    for path in settings.pa_folders:
        folder = DiskFolder(_numbered("pa", len(pa)), path, clock)
        pa.append(("pa_folders", str(path.absolute()), folder))
    for url in settings.pa_urls:
        pa.append(("pa_urls", url, HttpFolder(_numbered("pa", len(pa)), url, http, clock)))
    for url in settings.pa_json_urls:
        pa.append(("pa_json_urls", url, JsonArray(_numbered("pa", len(pa)), url, http, clock)))
    for setting, address, feed in pa:
        yield Source(Addressed(feed, address), settings.pa_interval, setting)
    interval = settings.democracy_club_interval
    if (site := settings.democracy_club_url) is not None:
        ballots = DemocracyClubBallots("democracy_club", site, night, http, clock)
        yield Source(Addressed(ballots, f"{site} {night}"), interval, "democracy_club_url")
    if (atom := settings.democracy_club_atom_url) is not None:
        winners = DemocracyClubWinners("democracy_club-2", atom, night, http, clock)
        yield Source(Addressed(winners, f"{atom} {night}"), interval, "democracy_club_atom_url")
    for setting, address, feed in _documents(settings, night, clock, http):
        yield Source(Addressed(feed, address), settings.documents_interval, setting)


def _documents(
    settings: Settings, night: date, clock: Clock, http: PoliteClient
) -> Iterator[tuple[str, str, Feed]]:
    """Yield the feeds that are one document each, behind their settings and addresses."""
    known = Hints(night=night)
    for number, told in enumerate(settings.modern_gov_urls):
        council, _, url = told.partition("=")
        name, of = _numbered("modern_gov", number), replace(known, council=council)
        document = WebDocument(name, url, http, clock, known=of, twice=True)
        yield "modern_gov_urls", f"{told} {night}", document
    for number, url in enumerate(settings.nist_urls):
        name = _numbered("nist", number)
        # An address that ends in a slash is a folder: one report a file, as counts come in.
        kind = HttpFolder if url.endswith("/") else WebDocument
        yield "nist_urls", url, kind(name, url, http, clock)
    for number, url in enumerate(settings.desk_sheet_urls):
        name = _numbered("desk_sheet", number)
        sheet = WebDocument(name, url, http, clock, known=known, twice=True)
        yield "desk_sheet_urls", f"{url} {night}", sheet


def asked_about_the_past(settings: Settings, night: date, clock: Clock) -> str | None:
    """Return that feeds would be asked about a night long past, and what to do; None where not.

    The wire's documents say which night they are of; other feeds have to be asked for one.
    """
    by_date = (
        settings.democracy_club_url or settings.democracy_club_atom_url,
        settings.modern_gov_urls,
        settings.desk_sheet_urls,
    )
    if settings.night is not None or not any(by_date) or not is_past(night, clock.now()):
        return None
    return (
        f"No night is set, and the newest that is known is {night}, long past: the feeds are asked "
        f"about that. Set {variable('night')} to the polling date and start again, or prepare the "
        "next night: `election-night prepare`."
    )


def _numbered(name: str, number: int) -> str:
    """Return "pa", "pa-2", "pa-3"…: the first of a kind needs no number."""
    return name if number == 0 else f"{name}-{number + 1}"
