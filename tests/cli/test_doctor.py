"""What `doctor` finds, each in a sentence with a next step."""

from __future__ import annotations

import os
import re
from collections import namedtuple
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import discord as discord_py
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.chat.rights import INVITED_WITH, invitation, lacking
from bot.cli import discord_findings as at_discord
from bot.cli import doctor as on_machine
from bot.cli.discord_findings import discord_findings
from bot.cli.doctor import doctor, machine_findings
from bot.cli.findings import Finding
from bot.delivery import refusals
from bot.setting_files import load_settings
from bot.settings import Settings
from simulation.discord import Limits, Permission, Sandbox
from tests.support.tables import shipped

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
MAY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def discord() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=Limits.none()) as sandbox:
        yield sandbox


async def found(sandbox: Sandbox | None, **chosen: object) -> list[Finding]:
    """Return what is found at Discord."""
    if sandbox is not None:
        chosen = {
            "token": SecretStr(sandbox.token),
            "discord_api": sandbox.api_base,
            **chosen,
        }
    settings = Settings().model_copy(update=chosen)
    findings = [finding async for finding in discord_findings(settings)]
    for finding in findings:
        assert re.fullmatch(r"[A-Z].*\.|.* by", finding.text), finding
        assert finding.well != bool(finding.mend), finding
    return findings


def bad(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.well]


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("Bot MTU3NjQ5MzEzMTQ0NzE0MDM1Mg.XFcDo0.323erpAZO8YrWi4WX0f7E9uU", "begins with a word"),
        ('"MTU3NjQ5MzEzMTQ0NzE0MDM1Mg.XFcDo0.323erpAZO8YrWi4WX0f7E9uU"', "in quotes twice"),
        ("1576493131447140352", "the application's number"),
        ("tKx3mVq0tKx3mVq0tKx3mVq0tKx3mVq0", "does not look like a bot's"),
    ],
)
async def test_a_token_that_cannot_be_one_is_told_by_its_shape_and_not_sent(
    discord: Sandbox, token: str, sentence: str
) -> None:
    (finding,) = await found(discord, token=SecretStr(token))
    assert sentence in finding.text
    assert token not in str(finding)
    assert not discord.requests


async def test_a_token_that_discord_refuses_is_told_with_where_to_make_another(
    discord: Sandbox,
) -> None:
    (finding,) = await found(discord, token=SecretStr(f"{'A' * 24}.AAAAAA.{'B' * 38}"))
    assert finding.text == "Discord refuses it."
    assert "press Reset Token" in finding.mend


async def test_without_a_token_the_setting_is_named() -> None:
    (finding,) = await found(None)
    assert "Set ELECTION_NIGHT_TOKEN." in finding.mend


async def test_a_bot_in_no_server_is_told_how_to_invite_it(discord: Sandbox) -> None:
    (finding,) = bad(await found(discord))
    assert finding.text == "The bot is in none."
    assert str(finding).endswith(f"The bot is in none. Invite it: {invitation(discord.bot.id)}")


async def test_the_address_that_invites_it_is_told_and_documented(discord: Sandbox) -> None:
    discord.add_guild("All right", bot_permissions=MAY)
    (told,) = [str(finding) for finding in await found(discord) if finding.subject == "servers"]
    assert told.endswith(f"It is invited to others by {invitation(discord.bot.id)}")
    assert f"`{invitation('APPLICATION_ID')}`" in OPERATING.read_text()


def test_the_invitation_asks_for_what_the_bot_s_code_needs_and_no_more() -> None:
    """Delivery names what each kind of request needs; the history is read after a restart."""
    needed = discord_py.Permissions.none()
    for name, value in vars(refusals).items():
        if name.isupper() and isinstance(value, discord_py.Permissions):
            needed |= value
    assert needed | discord_py.Permissions(read_message_history=True) == INVITED_WITH
    assert lacking(INVITED_WITH) == []


async def test_a_permission_that_its_roles_lack_is_named_with_the_server(discord: Sandbox) -> None:
    discord.add_guild("All right", bot_permissions=MAY)
    gazette = discord.add_guild("Gazette", bot_permissions=MAY & ~Permission.ATTACH_FILES)
    gazette.change_role(gazette.everyone, permissions=MAY & ~Permission.ATTACH_FILES)
    (finding,) = bad(await found(discord))
    assert finding.text == "In Gazette the bot's roles lack Attach Files."


async def test_a_desk_s_server_without_the_bot_is_told(discord: Sandbox) -> None:
    guild = discord.add_guild("Gazette", bot_permissions=MAY)
    assert bad(await found(discord, desk_guild=guild.id)) == []
    (finding,) = bad(await found(discord, desk_guild=17))
    assert finding.text == "The bot is not in the desk's server 17."
    assert "ELECTION_NIGHT_DESK_GUILD" in finding.mend


@pytest.mark.parametrize(
    ("off", "well", "text"),
    [
        (timedelta(seconds=2), True, "It is 2 s ahead of Discord's."),
        (timedelta(minutes=2), False, "It is 120 s ahead of Discord's."),
        (timedelta(hours=-1), False, "It is 3600 s behind Discord's."),
    ],
)
def test_a_clock_that_is_off_discord_s_is_told_with_its_direction(
    off: timedelta, well: bool, text: str
) -> None:
    finding = at_discord._clock(off)
    assert (finding.well, finding.text) == (well, text)
    assert well == (finding.mend == "")


async def test_what_answers_and_is_no_discord_is_told_with_the_setting() -> None:
    app = web.Application()

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    async def closed(_: web.Request) -> web.Response:
        raise web.HTTPServiceUnavailable

    app.router.add_get("/page/{tail:.*}", page)
    app.router.add_get("/closed/{tail:.*}", closed)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    token = SecretStr(f"{'A' * 24}.AAAAAA.{'B' * 38}")
    try:
        for base, said in (
            (f"{address}/page/api/v10", "answers with status 200"),
            (f"{address}/closed/api/v10", "answers with status 503"),
            ("http://127.0.0.1:9/api/v10", "does not answer as Discord does"),
        ):
            (finding,) = await found(None, token=token, discord_api=base)
            assert said in finding.text
            assert "ELECTION_NIGHT_DISCORD_API" in finding.mend
    finally:
        await runner.cleanup()


def test_the_files_of_settings_are_told_whether_they_were_read_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_PACE", "20")
    Path(".env").write_text("ELECTION_NIGHT_PACE=30\nELECTION_NIGHT_MORNING_HOUR=8\n")
    told = [finding.text for finding in machine_findings(load_settings())]
    assert "1 is set in the environment." in told
    assert f"{tmp_path / '.env'} was read; 1 is from it." in told
    assert f"{tmp_path / 'election-night.toml'} is not there." in told


def test_a_file_with_the_token_that_everybody_may_read_is_told() -> None:
    Path(".env").write_text("ELECTION_NIGHT_TOKEN=secret\n")
    Path(".env").chmod(0o644)
    (finding,) = bad(list(machine_findings(load_settings())))
    assert finding.mend.endswith(f"chmod 600 {Path('.env').absolute()}")
    assert "secret" not in str(finding)
    Path(".env").chmod(0o640)
    assert bad(list(machine_findings(load_settings()))) == []


def test_a_disk_with_little_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(on_machine.shutil, "disk_usage", lambda _: usage(10, 9, 50 * 1024**2))
    (finding,) = bad(list(machine_findings(Settings())))
    assert finding.text.endswith("has 50 MiB of room.")
    assert finding.mend


def test_a_folder_that_may_not_be_written_to_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    (finding,) = bad(list(machine_findings(Settings(database=tmp_path / "night.sqlite"))))
    assert finding.text == f"This user may not write to {tmp_path}."
    assert "ELECTION_NIGHT_DATABASE" in finding.mend


async def test_a_feed_s_fault_names_its_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "result.xml").write_text("<LocalElectionResult")
    settings = Settings(pa_folders=(tmp_path / "nowhere", broken))
    assert await doctor(settings, shipped()) == 1
    told = capsys.readouterr().out
    nowhere, faulty = re.findall(r"BAD  feed: (.*)", told)
    assert nowhere.startswith("pa (ELECTION_NIGHT_PA_FOLDERS): There is no folder ")
    assert nowhere.endswith("Check ELECTION_NIGHT_PA_FOLDERS.")
    assert faulty.startswith("pa-2 (ELECTION_NIGHT_PA_FOLDERS) answers, with 1 document and 1 fau")
    assert "fix ELECTION_NIGHT_PA_FOLDERS" in faulty


async def test_a_setting_is_shown_with_the_place_that_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELECTION_NIGHT_PACE", "20")
    Path("election-night.toml").write_text("morning_hour = 8\n")
    await doctor(load_settings(), shipped())
    told = capsys.readouterr().out
    assert "  ELECTION_NIGHT_PACE = 20.0, from the environment\n" in told
    assert "  ELECTION_NIGHT_MORNING_HOUR = 8, from election-night.toml\n" in told
    assert "  ELECTION_NIGHT_SUMMARY_HOUR = 21\n" in told
