"""The votes when tonight's wards were last fought, from the results of earlier ballots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bot.election.councils import Council
from bot.election.parties import Parties
from bot.election.reports import WardReport
from bot.election.votes import ward_votes
from bot.prepare.holders import TERM


def last_votes(
    council: Council,
    tonight: Iterable[WardReport],
    earlier: Iterable[WardReport],
    parties: Parties,
) -> Iterator[tuple[str, date, str, int]]:
    """Yield a ballot's id, when its ward was last fought, and each party's votes then.

    A ward is the same where its code is, which changes with its boundaries. Where the council is
    elected by parts, it is the contest of the seats that are up again; failing that, the last one.
    By-elections do not count, nor does a contest in which somebody's votes are not known.
    """
    contests = [one for one in earlier if not (one.by_election or one.cancelled) and one.gss]
    for ballot in tonight:
        if ballot.by_election:
            continue
        same = [
            (one.night, votes)
            for one in contests
            if one.gss == ballot.gss and one.night < ballot.night
            if (votes := ward_votes(council, ballot.ballot_id, one, parties)) is not None
        ]
        due = [one for one in same if ballot.night.year - one[0].year >= TERM]
        found = max(due or same, key=lambda one: one[0], default=None)
        if found is not None:
            fought_on, votes = found
            for party, number in sorted(votes.best.items()):
                yield ballot.ballot_id, fought_on, party, number
