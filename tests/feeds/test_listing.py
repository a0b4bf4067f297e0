"""A folder's listing over HTTP."""

from __future__ import annotations

import json

import pytest
from yarl import URL

from bot.feeds import listing
from bot.feeds.faults import DocumentFault

FOLDER = URL("http://feeds.example/pa/")

NGINX = """<html><head><title>Index of /pa/</title></head><body><h1>Index of /pa/</h1><hr><pre>
<a href="../">../</a>
<a href="Local_result_Hull_1.xml">Local_result_Hull_1.xml</a>      06-May-2022 02:34      1024
<a href="Local_result_Bath%20x.xml">Local_result_B..&gt;</a>       06-May-2022 02:35       900
<a href="old/">old/</a>    06-May-2022 02:34      -
</pre><hr></body></html>"""

APACHE = """<table><tr><th><a href="?C=N;O=D">Name</a></th></tr>
<tr><td><a href="/">Parent</a></td></tr>
<tr><td><a href="/pa/a.xml">a.xml</a></td><td>2022-05-06 02:34</td><td>1.0K</td></tr>
<tr><td><a href="http://feeds.example/pa/b.json">b.json</a></td><td>2022-05-06</td></tr>
<tr><td><a href="http://elsewhere.example/pa/c.xml">c.xml</a></td></tr>
<tr><td><a href="/pa/../etc/d.xml">d.xml</a></td></tr>
<tr><td><a href="sub%2Fe.xml">e.xml</a></td></tr>
<tr><td><a href=".hidden.xml">h</a></td></tr>
<tr><td><a href="readme.txt">r</a></td></tr></table>"""


def test_the_page_of_nginx() -> None:
    assert listing.parse(NGINX.encode(), FOLDER) == {
        "Local_result_Bath x.xml": "06-May-2022 02:35 900",
        "Local_result_Hull_1.xml": "06-May-2022 02:34 1024",
    }


def test_a_table_of_links_within_and_without() -> None:
    found = listing.parse(APACHE.encode(), FOLDER)
    assert found == {"a.xml": "2022-05-06 02:34 1.0K", "b.json": "2022-05-06"}


def test_json_of_objects_and_of_names() -> None:
    entries = [
        {"name": "b.xml", "type": "file", "mtime": "Fri, 06 May 2022 01:34:00 GMT", "size": 7},
        {"name": "old.xml", "type": "directory"},
        "a.xml",
        ".x.xml",
        3,
    ]
    assert listing.parse(json.dumps(entries).encode(), FOLDER) == {
        "a.xml": "",
        "b.xml": "Fri, 06 May 2022 01:34:00 GMT 7",
    }


@pytest.mark.parametrize(
    "body",
    [b'{"files": []}', b'["a.xml"', json.dumps([f"{n}.xml" for n in range(20_001)]).encode()],
)
def test_a_listing_that_cannot_be_used(body: bytes) -> None:
    with pytest.raises(DocumentFault):
        listing.parse(body, FOLDER)
