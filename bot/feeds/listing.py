"""A folder's listing over HTTP: the web server's own page of links, or JSON.

nginx writes `[{"name": …, "type": "file", "mtime": …, "size": …}]` for `autoindex_format json`; a
bare array of names is read too, and of an HTML page every link into the folder.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote

from yarl import URL

from bot.feeds import safe_json
from bot.feeds import unsupported_files as kinds
from bot.feeds.faults import DocumentFault

_DOCUMENTS = (".xml", ".json")
_MOST_FILES = 20_000


def parse(body: bytes, url: URL) -> dict[str, str]:
    """Return the documents in the folder at *url* as its listing names them, sorted.

    Each has its *mark*: what the listing says besides the name (time, size), "" where it says
    nothing. A changed mark means a changed file. Raises `DocumentFault`.
    """
    if (other := kinds.packed_or_binary(body)) is not None:
        raise DocumentFault(f"The folder has no listing. {other}")
    is_json = body.lstrip()[:1] in (b"[", b"{")
    found = _json_entries(body) if is_json else _html_entries(body, url)
    names = {name: mark for name, mark in found.items() if _is_document(name)}
    if len(names) > _MOST_FILES:
        raise DocumentFault(
            f"The folder lists {len(names):,} documents, far more than a night has."
        )
    return dict(sorted(names.items()))


def _is_document(name: str) -> bool:
    return (
        name.casefold().endswith(_DOCUMENTS)
        and not name.startswith(".")
        and not any(character in name for character in "/\\\0")
    )


def _json_entries(body: bytes) -> dict[str, str]:
    value = safe_json.parse(body)
    if not isinstance(value, list):
        raise DocumentFault("The folder's listing is JSON, but no array: check the feed's address.")
    entries: dict[str, str] = {}
    for item in value:
        if isinstance(item, str):
            entries[item] = ""
        elif isinstance(item, dict) and item.get("type", "file") == "file":
            said = (item.get("mtime"), item.get("size"))
            entries[str(item.get("name"))] = " ".join(
                str(fact) for fact in said if fact is not None
            )
    return entries


def _html_entries(body: bytes, url: URL) -> dict[str, str]:
    links = _Links()
    links.feed(body.decode("utf-8", "replace"))
    links.close()
    entries: dict[str, str] = {}
    for href, said in links.found:
        name = _name_within(url, href)
        if name is not None:
            entries[name] = " ".join(" ".join(said).split())
    return entries


def _name_within(folder: URL, href: str) -> str | None:
    """Return the name of the file that a link means, None if it is not directly in the folder."""
    try:
        target = folder.join(URL(href))
    except ValueError:
        return None
    inside = folder.raw_path.rpartition("/")[0] + "/"
    if target.origin() != folder.origin() or not target.raw_path.startswith(inside):
        return None
    return unquote(target.raw_path.removeprefix(inside))


class _Links(HTMLParser):
    """Collects each link and the text between it and the next."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self._in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append((href, []))
            self._in_link = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False

    def handle_data(self, data: str) -> None:
        if self.found and not self._in_link:
            self.found[-1][1].append(data)
