"""The polite client over real sockets."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from yarl import URL

from bot.feeds.feed import FeedUnavailable, Validators
from bot.feeds.http import PoliteClient
from tests.feeds.site import Site


async def refusal(client: PoliteClient, url: URL) -> FeedUnavailable:
    with pytest.raises(FeedUnavailable) as caught:
        await client.get(url)
    assert str(caught.value).endswith(".")
    return caught.value


async def test_a_body_and_then_nothing_new(site: Site, client: PoliteClient) -> None:
    site.pages["/x"] = b"hello"
    first = await client.get(site.url / "x")
    assert first.body == b"hello"
    again = await client.get(site.url / "x", first.validators)
    assert again.body is None
    assert again.validators == first.validators
    assert "election-night" in site.requests[0].headers["User-Agent"]


async def test_not_modified_needs_something_to_be_unmodified(
    site: Site, client: PoliteClient
) -> None:
    site.fails("/x", 304)
    assert "answered 304" in str(await refusal(client, site.url / "x"))


async def test_packed_bodies_are_unpacked_within_the_bound(
    site: Site, client: PoliteClient
) -> None:
    bodies = {"/small": b"<a/>" * 10, "/bomb": b"\0" * 50_000_000}
    for path, body in bodies.items():
        packed = gzip.compress(body)

        async def answer(request: web.Request, packed: bytes = packed) -> web.StreamResponse:
            return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

        site.pages[path] = answer
    assert (await client.get(site.url / "small")).body == bodies["/small"]
    assert len((await client.get(site.url / "bomb")).body or b"") == client.max_bytes + 1


async def test_packing_that_is_broken_or_was_not_asked_for(
    site: Site, client: PoliteClient
) -> None:
    whole = gzip.compress(b"<a/>" * 1000)
    for path, coding, body in (
        ("/broken", "gzip", b"no gzip"),
        ("/short", "gzip", whole[:-12]),
        ("/other", "br", b"x"),
    ):

        async def answer(
            request: web.Request, coding: str = coding, body: bytes = body
        ) -> web.StreamResponse:
            return web.Response(body=body, headers={"Content-Encoding": coding})

        site.pages[path] = answer
    assert "broken gzip" in str(await refusal(client, site.url / "broken"))
    assert "broke off" in str(await refusal(client, site.url / "short"))
    assert "not asked for" in str(await refusal(client, site.url / "other"))


async def test_an_endless_body_is_cut(site: Site, client: PoliteClient) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 50_000)

    site.pages["/endless"] = endless
    assert len((await client.get(site.url / "endless")).body or b"") == client.max_bytes + 1


async def test_redirects_stay_at_home(site: Site, client: PoliteClient) -> None:
    def to(target: str) -> None:
        async def redirecting(request: web.Request) -> web.StreamResponse:
            return web.Response(status=302, headers={"Location": target})

        site.pages["/from"] = redirecting

    site.pages["/there"] = b"found"
    to("/there")
    assert (await client.get(site.url / "from")).body == b"found"
    for away in ("http://127.0.0.2/x", "https://127.0.0.1/x", "file:///etc/passwd", "http://[", ""):
        to(away)
        trouble = await refusal(client, site.url / "from")
        assert "another scheme or host" in str(trouble)
    to("/from")
    assert "without end" in str(await refusal(client, site.url / "from"))


@pytest.mark.parametrize(
    ("target", "is_followed"),
    [
        ("https://sheets.example.org/x", True),
        ("https://doc-0k.sheets.example.org/x", True),
        ("https://SHEETS.example.org/x", True),
        ("http://sheets.example.org/x", False),
        ("https://notsheets.example.org/x", False),
        ("https://sheets.example.org.evil.example/x", False),
        ("https://example.org/x", False),
    ],
)
async def test_a_redirect_may_go_to_hosts_that_are_named(
    site: Site, target: str, is_followed: bool
) -> None:
    async def redirecting(request: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": target})

    site.pages["/from"] = redirecting
    async with PoliteClient(timeout=2.0, may_redirect_to=("sheets.example.org",)) as client:
        trouble = str(await refusal(client, site.url / "from"))
    # Where it is followed, the host of the name is asked for, and is not there.
    assert ("could not be reached" in trouble) is is_followed
    assert ("ELECTION_NIGHT_REDIRECT_HOSTS" in trouble) is not is_followed


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("999999", 3600, 3600),
        ("in ten minutes", 300, 600),
        ("soon", None, None),
    ],
    ids=["seconds", "too many seconds", "a date", "nonsense"],
)
async def test_retry_after(
    site: Site, client: PoliteClient, header: str, least: float | None, most: float | None
) -> None:
    if header == "in ten minutes":
        header = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    site.fails("/busy", 503, **{"Retry-After": header})
    trouble = await refusal(client, site.url / "busy")
    assert not trouble.only_this
    if least is None or most is None:
        assert trouble.retry_after is None
    else:
        assert trouble.retry_after is not None
        assert least <= trouble.retry_after <= most


async def test_a_missing_page_is_its_own_trouble_alone(site: Site, client: PoliteClient) -> None:
    url = (site.url / "gone").with_query(key="secret").with_user("me").with_password("pw")
    trouble = await refusal(client, url)
    assert trouble.only_this
    assert "answered 404 Not Found" in str(trouble)
    assert "secret" not in str(trouble)
    assert "pw" not in str(trouble)


async def test_a_silent_server_and_none_at_all(site: Site) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    site.pages["/silent"] = silent
    async with PoliteClient(timeout=0.1) as client:
        assert "did not answer within 0.1 seconds" in str(
            await refusal(client, site.url / "silent")
        )
        nobody = URL("http://127.0.0.1:1/")
        assert "could not be reached" in str(await refusal(client, nobody))


async def test_one_request_at_a_time_per_host(site: Site, client: PoliteClient) -> None:
    inside, most = 0, 0

    async def counting(request: web.Request) -> web.StreamResponse:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        return web.Response(body=b"x")

    site.pages["/x"] = counting
    await asyncio.gather(*(client.get(site.url / "x") for _ in range(5)))
    assert most == 1


def test_validators_make_headers() -> None:
    assert Validators().headers() == {}
    assert Validators('"a"', "Fri").headers() == {
        "If-None-Match": '"a"',
        "If-Modified-Since": "Fri",
    }


async def test_a_client_works_only_in_its_context() -> None:
    with pytest.raises(RuntimeError):
        await PoliteClient().get(URL("http://127.0.0.1/"))
