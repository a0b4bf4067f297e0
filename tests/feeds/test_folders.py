"""PA's folder over HTTP and on disk, and the array."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SteppedClock
from bot.election.reports import CouncilResult
from bot.feeds import safe_xml
from bot.feeds.feed import FeedUnavailable, Fetch
from bot.feeds.folders import DiskFolder, HttpFolder
from bot.feeds.http import PoliteClient
from bot.feeds.pa.array import JsonArray
from simulation.wire.forms import as_json, as_value
from tests.feeds.documents import HULL, NOMINATIONS, RECEIVED
from tests.feeds.site import Site


def names(fetch: Fetch) -> list[str]:
    return [reading.name for reading in fetch.readings]


def stored(fetch: Fetch) -> dict[str, object]:
    """Return a state as it comes back from where it was committed."""
    value: dict[str, object] = json.loads(json.dumps(fetch.state))
    return value


class PaSite:
    """PA's folder on a site: files with the minute that the listing says of them."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.files: dict[str, tuple[str, str]] = {}
        self._moved = 0

    def put(self, name: str, body: str, minute: str = "02:34") -> None:
        self.files[name] = (body, minute)
        self._site.pages[f"/pa/{name}"] = body
        self._list()

    def remove(self, name: str) -> None:
        del self.files[name]
        del self._site.pages[f"/pa/{name}"]
        self._list()

    def _list(self) -> None:
        self._moved += 1
        self._site.pages["/pa/.timestamp"] = f"1651800000.{self._moved}"
        self._site.pages["/pa/"] = "\n".join(
            f'<a href="{name}">{name}</a> 06-May-2022 {minute} {len(body)}'
            if minute
            else f'<a href="{name}">{name}</a>'
            for name, (body, minute) in self.files.items()
        )


@pytest.fixture
def folder(site: Site) -> PaSite:
    return PaSite(site)


@pytest.fixture
def feed(site: Site, client: PoliteClient, clock: SteppedClock) -> HttpFolder:
    return HttpFolder("pa", str(site.url / "pa"), client, clock)


async def test_only_what_is_new_is_fetched(
    site: Site, folder: PaSite, feed: HttpFolder, clock: SteppedClock
) -> None:
    folder.put("Local_result_Hull_1.xml", HULL)
    first = await feed.fetch({})
    assert names(first) == ["Local_result_Hull_1.xml"]
    assert first.readings[0].received_at == RECEIVED
    assert first.complete

    site.asked.clear()
    again = await feed.fetch(stored(first))
    assert site.asked == ["/pa/.timestamp"]
    assert again.readings == ()
    assert again.state == first.state

    await clock.move_to(RECEIVED + timedelta(minutes=1))
    folder.put("Local_result_Hull_2.xml", HULL.replace("'1'", "'2'", 1))
    second = await feed.fetch(stored(again))
    assert names(second) == ["Local_result_Hull_2.xml"]

    folder.put("Local_nominations.xml", NOMINATIONS)
    site.asked.clear()
    third = await feed.fetch(stored(second))
    assert names(third) == ["Local_nominations.xml"]
    # The first result was the same a minute later, so it has settled; the second has not yet.
    assert "/pa/Local_result_Hull_1.xml" not in site.asked
    assert "/pa/Local_result_Hull_2.xml" in site.asked


async def test_a_file_finished_within_the_minute_is_noticed(
    folder: PaSite, feed: HttpFolder
) -> None:
    folder.put("a.xml", HULL)
    first = await feed.fetch({})
    folder.put("a.xml", HULL.replace("'29'", "'30'"))  # the same minute, the same length
    second = await feed.fetch(stored(first))
    [report] = second.readings[0].reports
    assert isinstance(report, CouncilResult)
    assert report.composition[0].seats == 30


async def test_a_truncated_file_is_read_again(folder: PaSite, feed: HttpFolder) -> None:
    folder.put("a.xml", HULL[:400])
    first = await feed.fetch({})
    assert "breaks off" in (first.readings[0].fault or "")
    folder.put("a.xml", HULL, "02:36")
    second = await feed.fetch(stored(first))
    assert len(second.readings[0].reports) == 1


async def test_a_touched_file_with_the_same_content_is_not_news(
    folder: PaSite, feed: HttpFolder
) -> None:
    folder.put("a.xml", HULL)
    state = stored(await feed.fetch({}))
    for minute in ("02:40", "02:50"):
        folder.put("a.xml", HULL, minute)
        fetch = await feed.fetch(state)
        assert fetch.readings == ()
        state = stored(fetch)


async def test_a_listing_that_says_nothing_of_its_files(folder: PaSite, feed: HttpFolder) -> None:
    folder.put("a.xml", HULL, minute="")
    state = stored(await feed.fetch({}))
    for seats in ("30", "31"):
        folder.put("a.xml", HULL.replace("'29'", f"'{seats}'"), minute="")
        fetch = await feed.fetch(state)
        assert names(fetch) == ["a.xml"]
        state = stored(fetch)
    folder.put("b.xml", NOMINATIONS, minute="")
    assert names(await feed.fetch(state)) == ["b.xml"]


async def test_a_removed_file_is_forgotten(folder: PaSite, feed: HttpFolder) -> None:
    folder.put("a.xml", HULL)
    folder.put("b.xml", NOMINATIONS)
    state = stored(await feed.fetch({}))
    folder.remove("a.xml")
    fetch = await feed.fetch(state)
    assert fetch.readings == ()
    assert list(stored(fetch)["files"]) == ["b.xml"]  # type: ignore[call-overload]


async def test_a_folder_without_a_stamp(site: Site, folder: PaSite, feed: HttpFolder) -> None:
    folder.put("a.xml", HULL)
    del site.pages["/pa/.timestamp"]
    first = await feed.fetch({})
    assert names(first) == ["a.xml"]
    assert (await feed.fetch(stored(first))).readings == ()


async def test_one_file_in_trouble_does_not_stop_the_others(
    site: Site, folder: PaSite, feed: HttpFolder
) -> None:
    folder.put("a.xml", HULL)
    folder.put("b.xml", NOMINATIONS)
    site.fails("/pa/a.xml", 500)
    first = await feed.fetch({})
    assert names(first) == ["b.xml"]
    assert first.complete
    assert "a.xml answered 500" in (first.trouble or "")
    site.pages["/pa/a.xml"] = HULL  # Nothing else moves, and still it is asked for.
    second = await feed.fetch(stored(first))
    assert names(second) == ["a.xml"]
    assert second.trouble is None


async def test_what_was_read_before_the_server_failed_is_kept(
    site: Site, folder: PaSite, feed: HttpFolder
) -> None:
    folder.put("a.xml", HULL)
    folder.put("b.xml", NOMINATIONS)
    site.fails("/pa/b.xml", 503, **{"Retry-After": "9"})
    first = await feed.fetch({})
    assert names(first) == ["a.xml"]
    assert (first.complete, first.retry_after) == (False, 9.0)
    site.fails("/pa/a.xml", 503)
    with pytest.raises(FeedUnavailable):
        await feed.fetch({})
    folder.put("a.xml", HULL)
    folder.put("b.xml", NOMINATIONS)
    second = await feed.fetch(stored(first))
    assert names(second) == ["b.xml"]
    assert second.complete


async def test_a_listing_that_cannot_be_read(site: Site, folder: PaSite, feed: HttpFolder) -> None:
    folder.put("a.xml", HULL)
    site.pages["/pa/"] = "[broken"
    with pytest.raises(FeedUnavailable, match="JSON"):
        await feed.fetch({})
    site.fails("/pa/.timestamp", 503)
    with pytest.raises(FeedUnavailable, match="503"):
        await feed.fetch({})


async def test_a_folder_on_disk(tmp_path: Path, clock: SteppedClock) -> None:
    feed = DiskFolder("disk", tmp_path, clock)
    (tmp_path / "a.xml").write_text(HULL)
    first = await feed.fetch({})
    assert names(first) == ["a.xml"]
    assert (await feed.fetch(stored(first))).readings == ()
    (tmp_path / "b.xml").write_text(NOMINATIONS)
    (tmp_path / "a.xml").write_text(HULL + "\n")
    (tmp_path / "gone.xml").symlink_to(tmp_path / "nowhere")
    assert names(await feed.fetch(stored(first))) == ["a.xml", "b.xml", "gone.xml"]
    with pytest.raises(FeedUnavailable, match="There is no folder"):
        await DiskFolder("disk", tmp_path / "nowhere", clock).fetch({})


async def test_a_file_that_the_machine_cannot_read_now_is_read_at_the_next_look(
    tmp_path: Path, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = DiskFolder("disk", tmp_path, clock)
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(HULL)
    first = await feed.fetch({})
    (tmp_path / "a.xml").write_text(HULL + "\n")
    (tmp_path / "c.xml").write_text(NOMINATIONS)
    exhausted = OSError(errno.EMFILE, "Too many open files")
    with monkeypatch.context() as passing:
        passing.setattr(Path, "open", raising(exhausted))
        second = await feed.fetch(stored(first))
    assert second.readings == ()
    assert not second.complete
    assert "too many open files" in (second.trouble or "")
    with monkeypatch.context() as passing:
        passing.setattr(os, "scandir", raising(exhausted))
        with pytest.raises(FeedUnavailable, match="too many open files"):
            await feed.fetch(stored(second))
    third = await feed.fetch(stored(second))
    assert names(third) == ["a.xml", "c.xml"]
    assert not any(reading.faults for reading in third.readings)
    assert (await feed.fetch(stored(third))).readings == ()


def raising(error: BaseException) -> Callable[..., Any]:
    def raise_it(*args: Any, **kwargs: Any) -> Any:
        raise error

    return raise_it


async def test_an_array_gives_each_document_once(
    site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    documents = [
        {"LocalElectionResult": as_value(safe_xml.parse(HULL.replace("'1'", f"'{n}'", 1).encode()))}
        for n in (1, 2, 3)
    ]
    feed = JsonArray("array", str(site.url / "results.json"), client, clock)
    site.pages["/results.json"] = json.dumps(documents[:2])
    first = await feed.fetch({})
    assert names(first) == ["results.json #1", "results.json #2"]
    assert [len(reading.reports) for reading in first.readings] == [1, 1]
    assert (await feed.fetch(stored(first))).readings == ()

    site.pages["/results.json"] = json.dumps(documents[::-1])
    second = await feed.fetch(stored(first))
    assert names(second) == ["results.json #1"]

    site.pages["/results.json"] = "<html>Sorry</html>"
    third = await feed.fetch(stored(second))
    assert "web page" in (third.readings[0].fault or "")
    site.pages["/results.json"] = json.dumps(documents)
    assert (await feed.fetch(stored(third))).readings == ()


async def test_a_single_document_in_place_of_an_array(
    site: Site, client: PoliteClient, clock: SteppedClock
) -> None:
    site.pages["/one.json"] = as_json(safe_xml.parse(HULL.encode()))
    fetch = await JsonArray("one", str(site.url / "one.json"), client, clock).fetch({})
    assert names(fetch) == ["one.json"]
    assert len(fetch.readings[0].reports) == 1
