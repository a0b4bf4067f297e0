"""The voting systems of ballots for one person, by law and date."""

from __future__ import annotations

from collections.abc import Iterator

COLUMNS = "kind,since,system,source"

_SYSTEMS = (
    ("mayor", "", "supplementary vote", "Local Government Act 2000, section 42 and schedule 2"),
    ("mayor", "2023-05-04", "first past the post", "Elections Act 2022, section 13"),
    (
        "mayor",
        "2026-06-19",
        "supplementary vote",
        "English Devolution and Community Empowerment Act 2026, section 63, and its first"
        " commencement regulations; the date as in Democracy Club's uk-election-ids",
    ),
    ("assembly", "", "single transferable vote", "Northern Ireland Act 1998, section 34"),
)


def voting_system_rows() -> Iterator[dict[str, object]]:
    """Yield a row for each change of a kind's voting system."""
    for kind, since, system, source in _SYSTEMS:
        yield {"kind": kind, "since": since, "system": system, "source": source}
