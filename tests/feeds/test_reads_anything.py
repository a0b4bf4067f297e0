"""Whatever comes in, a reading comes out: reports, or faults that say what to do."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds import formats, safe_xml
from bot.feeds.democracy_club import ballots as democracy_club
from bot.feeds.formats import KEPT_BYTES, UNKNOWN_FORMAT, read
from bot.feeds.pa import documents
from bot.feeds.pa import json_form as pa_json
from simulation.wire.forms import as_json
from tests.feeds.democracy_club.test_ballots import PAGE
from tests.feeds.documents import HULL, RECEIVED, reading

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<LocalElectionResult revision="&b;"/>"""
EXTERNAL = """<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]><x>&file;</x>"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"\x89PNG\r\n", "an image (PNG)"),
        (b"name,age\n", "neither XML nor JSON"),
        (BOMB.encode(), "entities of its own"),
        (EXTERNAL.encode(), "entities of its own"),
        (b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>', "document type (DTD)"),
        (HULL[:300].encode(), "breaks off in line"),
        (HULL.replace("</Changes>", "").encode(), "not well formed in line"),
        (HULL.replace("Hull", "H\xfcll").encode("latin-1"), "not in the character set UTF-8"),
        (HULL.encode("utf-16"), "not in the character set UTF-8 as it says, but in UTF-16"),
        (HULL.replace("UTF-8", "UTF-16").encode(), "not in the character set UTF-16"),
        (HULL.replace("UTF-8", "zip").encode(), "names the character set 'zip'"),
        (b"<a>" * 100_000, "nests more than"),
        (b"<a>" + b"<b/>" * 50_000 + b"</a>", "more than 50,000 elements"),
        (b"<elections/>", "'elections' is no kind of document"),
        (b"<!DOCTYPE html><title>502 Bad Gateway</title>", "web page ('502 Bad Gateway')"),
        (b"<!-- proxy --><html><body>Sorry</body></html>", "is a web page"),
        (b"[" * 100_000, "nested bottomlessly"),
        (b'{"a":' * 100_000, "nested bottomlessly"),
        (b'{"LocalElectionResult": {"@revision": "1"', "breaks off in line"),
        (b'{"LocalElectionResult": "', "breaks off in line"),
        (b'{"LocalElectionResult": ]}', "not well formed in line"),
        (b'{"LocalElectionResult": NaN}', "has NaN where a number belongs"),
        (b'{"LocalElectionResult": 1e999}', "too large"),
        (b'{"LocalElectionResult": ' + b"9" * 100_000 + b"}", "100000 digits"),
        (b'{"a": 1, "a": 2}', "says 'a' twice"),
        (b'{"weather": "fine"}', "no document of a feed"),
        ('{"results": "ÿ"}'.encode("latin-1"), "not in the character set UTF-8"),
        (b'{"results": {}}', "no list of ballots"),
        (b'{"LocalElectionResult": {"Election": 3}}', "where an element belongs"),
        (b'{"LocalElectionResult": {"Election": {"@date": {}}}}', "is no text"),
        (b'{"LocalElectionResult": ' + b'{"a":' * 30 + b"1" + b"}" * 31, "nests more than"),
    ],
)
def test_what_cannot_be_read_is_named(body: bytes, words: str) -> None:
    found = reading(body)
    assert found.reports == ()
    assert found.fault is not None
    assert words in found.fault
    assert found.sha256 == hashlib.sha256(body).hexdigest()


def test_lone_surrogates_are_no_text() -> None:
    body = as_json(safe_xml.parse(HULL.encode())).replace(b'"Ind"', b'"\\ud800"')
    [fault] = reading(body).faults
    assert "U+D800" in fault


def test_other_character_sets_are_read_where_they_are_named() -> None:
    umlaut = HULL.replace("Kingston-upon-Hull", "H\xfcll")
    plain = reading(umlaut).reports
    assert reading("\ufeff" + umlaut).reports == plain
    for charset in ("ISO-8859-1", "windows-1252", "UTF-16"):
        body = umlaut.replace("UTF-8", charset).encode(charset)
        assert reading(body).reports == plain


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (HULL.encode(), documents.FORMAT),
        (b"  " + as_json(safe_xml.parse(HULL.encode())), pa_json.FORMAT),
        (PAGE.encode(), democracy_club.FORMAT),
        (b"", UNKNOWN_FORMAT),
    ],
)
def test_the_format_is_found_by_the_content(body: bytes, form: str) -> None:
    found = reading(body, "anything.txt")
    assert found.format == form
    assert bool(found.reports) is (form != UNKNOWN_FORMAT)


def test_an_over_size_document_is_kept_only_at_its_beginning() -> None:
    body = HULL.encode() + b" " * 200_000
    found = read("pa", "big.xml", body, RECEIVED, max_bytes=100_000)
    assert found.reports == ()
    assert found.fault is not None
    assert "larger than 100,000 bytes" in found.fault
    assert found.body == body[:KEPT_BYTES]
    assert found.sha256 == hashlib.sha256(body).hexdigest()


@given(st.binary(max_size=200))
def test_any_bytes_give_a_reading(body: bytes) -> None:
    assert reading(body).faults or json.loads(body) == []


@given(
    st.recursive(
        st.none() | st.text() | st.integers() | st.booleans(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "LocalElectionResult",
                        "Election",
                        "Council",
                        "@name",
                        "@date",
                        "results",
                        "ballot_paper_id",
                        "election",
                        "post",
                        "candidacies",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_any_json_gives_a_reading(value: object) -> None:
    found = reading(json.dumps(value))
    assert isinstance(found.faults, tuple)
    assert all(fault.endswith(".") for fault in found.faults)


def test_a_fault_of_the_machine_is_the_document_s_when_it_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is kept whole, to be taken again; a fault that passes turns nothing away."""
    now, body = 0.0, HULL.encode()

    def parse(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(formats, "elapsed", lambda: now)
    with monkeypatch.context() as fault:
        fault.setattr(formats, "_parsed", parse)
        for _ in range(8):
            with pytest.raises(MemoryError):
                read("pa", "a.xml", body, RECEIVED)
        now += 601
        broken = read("pa", "a.xml", body, RECEIVED)
        with pytest.raises(MemoryError):
            read("pa", "b.xml", body + b" ", RECEIVED)
    assert (broken.broken, broken.body, broken.reports) == (True, body, ())
    assert read("pa", "a.xml", body, RECEIVED).reports
