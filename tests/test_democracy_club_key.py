"""Democracy Club's key goes to its own host and is shown to nobody."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from yarl import URL

from bot.cli.doctor import doctor, key_findings, machine_findings
from bot.cli.logs import configure_logging
from bot.cli.prepare import prepare
from bot.clock import SteppedClock
from bot.feeds.feed import FeedUnavailable
from bot.feeds.http import PoliteClient
from bot.prepare.gather import Asked
from bot.setting_files import load_settings
from bot.settings import SettingError, Settings, shown
from bot.sources import client_of, sources_of
from tests.feeds.documents import RECEIVED
from tests.feeds.site import Site, serving
from tests.prepare.pages import NIGHT, ballot, page
from tests.support.tables import shipped

KEY = "0123456789abcdef-nobodys-key"
BALLOTS = "/api/next/ballots/"
ATOM = "/results/all.atom"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def club() -> AsyncIterator[Site]:
    async with serving() as site:
        site.pages[BALLOTS] = page([ballot("Leeds", "Armley")])
        site.pages[ATOM] = '<feed xmlns="http://www.w3.org/2005/Atom"/>'
        yield site


@pytest.fixture
async def other() -> AsyncIterator[Site]:
    async with serving() as site:
        site.pages["/sheet.csv"] = "council,party,seats_won\nLeeds,Labour,20\n"
        yield site


def settings_for(club: Site, **more: object) -> Settings:
    given = {"democracy_club_url": str(club.url), "democracy_club_key": KEY, **more}
    return Settings.model_validate(given)


def sent_to(site: Site) -> list[str | None]:
    assert site.requests
    return [request.headers.get("Authorization") for request in site.requests]


async def test_its_feeds_send_it_and_those_of_other_hosts_do_not(club: Site, other: Site) -> None:
    sheet = f"{other.url}/sheet.csv"
    settings = settings_for(
        club, democracy_club_atom_url=f"{club.url}{ATOM}", desk_sheet_urls=sheet
    )
    async with client_of(settings) as http:
        for source in sources_of(settings, NIGHT, SteppedClock(RECEIVED), http):
            await source.feed.fetch({})
    assert {request.path for request in club.requests} == {BALLOTS, ATOM}
    assert set(sent_to(club)) == {f"Token {KEY}"}
    assert set(sent_to(other)) == {None}


async def test_prepare_sends_it_to_its_host_alone(
    club: Site, other: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other.pages["/ballots.json"] = page([ballot("Leeds", "Morley")])
    asked = Asked(ballots=[str(club.url), f"{other.url}/ballots.json"])
    folder = tmp_path / "nights" / str(NIGHT)
    await prepare(NIGHT, asked, folder, settings_for(club), shipped())
    assert set(sent_to(club)) == {f"Token {KEY}"}
    assert set(sent_to(other)) == {None}
    assert KEY not in capsys.readouterr().out
    assert all(KEY not in file.read_text() for file in folder.glob("**/*.csv"))


async def test_no_redirect_takes_it_elsewhere(club: Site, other: Site) -> None:
    for target in (f"{other.url}/sheet.csv", f"//{other.url.host}:{other.url.port}/sheet.csv"):
        club.fails("/away", 302, Location=target)
        async with client_of(settings_for(club)) as http:
            with pytest.raises(FeedUnavailable, match="redirects to another"):
                await http.get(club.url / "away")
    assert other.requests == []


async def test_an_address_with_a_user_name_has_that_instead(club: Site) -> None:
    async with client_of(settings_for(club)) as http:
        await http.get(URL(f"{club.url}{ATOM}").with_user("me").with_password("pw"))
    assert [str(header).partition(" ")[0] for header in sent_to(club)] == ["Basic"]


@pytest.mark.parametrize(("status", "key"), [(401, KEY), (403, KEY), (429, None)])
async def test_a_server_that_wants_another_key_leads_to_the_setting(
    club: Site, capsys: pytest.CaptureFixture[str], status: int, key: str | None
) -> None:
    club.fails(BALLOTS, status)
    await doctor(settings_for(club, democracy_club_key=key), shipped())
    told = capsys.readouterr().out
    (refused,) = re.findall(r"BAD  feed: (.*)", told)
    assert f"answered {status}" in refused
    assert "ELECTION_NIGHT_DEMOCRACY_CLUB_KEY" in refused
    assert ("may not accept the key" in refused) == (key is not None)
    assert KEY not in told


@pytest.mark.parametrize(
    ("chosen", "well", "words"),
    [
        ({"democracy_club_key": KEY}, False, "is sent nowhere"),
        ({"democracy_club_url": "https://club.example"}, True, "ten times a minute at most"),
        (
            {"democracy_club_key": KEY, "democracy_club_url": "http://club.example"},
            False,
            "readable for everybody",
        ),
        (
            {"democracy_club_key": KEY, "democracy_club_url": "https://club.example"},
            True,
            "key is set",
        ),
    ],
)
def test_doctor_says_whether_it_is_set(chosen: dict[str, str], well: bool, words: str) -> None:
    (finding,) = key_findings(Settings.model_validate(chosen))
    assert (finding.well, words in finding.text) == (well, True)
    assert finding.well != bool(finding.mend)
    assert KEY not in str(finding)
    assert not list(key_findings(Settings()))


def test_a_file_with_it_that_everybody_may_read_is_told() -> None:
    Path(".env").write_text(f"ELECTION_NIGHT_DEMOCRACY_CLUB_KEY={KEY}\n")
    Path(".env").chmod(0o644)
    (finding,) = (one for one in machine_findings(load_settings()) if not one.well)
    assert finding.mend.startswith("Keep it to yourself: chmod 600 ")


@pytest.mark.parametrize("wrong", [f"Token {KEY}", f"{KEY}\\r\\nHost: x", "schlüssel"])
def test_one_that_cannot_be_sent_is_refused_without_being_shown(wrong: str) -> None:
    Path(".env").write_text(f'ELECTION_NIGHT_DEMOCRACY_CLUB_KEY="{wrong}"\n', encoding="utf-8")
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert str(refused.value) == (
        "ELECTION_NIGHT_DEMOCRACY_CLUB_KEY in .env cannot be used: it must be the key alone, "
        "without Token before it."
    )


def test_it_is_in_no_setting_shown_and_no_line_of_the_log(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text(f"ELECTION_NIGHT_DEMOCRACY_CLUB_KEY= {KEY} \n")
    settings = load_settings()
    assert settings.democracy_club_key == SecretStr(KEY)
    assert shown(settings, "democracy_club_key") == "set"
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    configure_logging(settings, verbose=True)
    logging.getLogger("test").warning("%r: Authorization: Token %s; %s", settings, KEY, KEY)
    told = capfd.readouterr().err
    assert "Authorization: Token …; …" in told
    assert KEY not in told + settings.model_dump_json()


async def test_no_redirect_that_the_operator_allows_takes_it_along(
    club: Site, other: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hosts that may be redirected to are those of spreadsheets, over https."""
    monkeypatch.setattr(PoliteClient, "_redirected", lambda *_: other.url / "sheet.csv")
    club.fails("/away", 302, Location=f"{other.url}/sheet.csv")
    async with client_of(settings_for(club)) as http:
        assert (await http.get(club.url / "away")).body
    assert sent_to(club) == [f"Token {KEY}"]
    assert sent_to(other) == [None]
