"""Votes in words: shares, swings, majorities, and how few votes decided a council."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from bot.election.parties import Parties, Party
from bot.election.vote_changes import CloseCall
from bot.election.votes import Margin, Share, Swing, Votes
from bot.wording.phrases import (
    MINUS,
    count,
    members,
    number,
    one_of,
    party_name,
    possessive,
    the_members,
    up_or_down,
)
from bot.wording.text import escape

_LEAST_CHANGE = 0.05


def points(change: float) -> str:
    """Return a change in points: "+5.1", "−0.4", "no change"."""
    shown = f"{change:+.1f}"
    return "no change" if shown[1:] == "0.0" else shown.replace("-", MINUS)


def share_words(per_cent: float, change: float | None = None) -> str:
    """Return a share with its change: "45.3% (+5.1)"."""
    moved = "" if change is None else f" ({points(change)})"
    return f"{per_cent:.1f}%{moved}"


def moved_words(change: float | None, days: Collection[date]) -> str:
    """Return ", up 11.3 points since …", ", down 0.4 points since …"; empty if not known."""
    if change is None:
        return ""
    shown = f"{abs(change):.1f}"
    if shown == "0.0":
        return f", unchanged {since_years(days)}"
    return f", {up_or_down(change)} {shown} points {since_years(days)}"


def share_line(share: Share, parties: Parties) -> str:
    """Return a party's line: "Lib Dems 45.3% (+5.1), 24,301 votes"."""
    who = party_name(share.party, parties)
    if not share.votes:
        moved = "" if share.change is None else f" ({points(share.change)})"
        return f"{who} did not stand{moved}"
    return f"{who} {share_words(share.per_cent, share.change)}, {count(share.votes, 'vote')}"


def since_years(days: Collection[date]) -> str:
    """Return since when votes are compared: "since" the year, or the years."""
    years = sorted({str(day.year) for day in days})
    return f"since {' or '.join(years)}"


def swing_words(swing: Swing, days: Collection[date], parties: Parties) -> str:
    """Return "Swing of 4.2 points from Labour to the Liberal Democrats since …"."""
    loser, gainer = (the_members(parties.get(one)) for one in (swing.loser, swing.gainer))
    if f"{swing.points:.1f}" == "0.0":
        return f"No swing between {gainer} and {loser} {since_years(days)}"
    return f"A swing of {swing.points:.1f} points from {loser} to {gainer} {since_years(days)}"


def close_call_words(call: CloseCall, parties: Parties) -> str:
    """Return "A switch of 37 votes in 2 wards would have ended Labour's majority".

    It is votes for one candidate that would have gone to another, so each counts twice.
    """
    party = the_members(parties.get(call.party))
    few = f"A switch of {count(call.votes, 'vote')} in {count(call.wards, 'ward')} would have"
    if call.gained:
        return f"{few} given {party} a majority"
    return f"{few} ended {possessive(party)} majority"


def margin_line(margin: Margin, parties: Parties, council: str = "", *, label: str = "") -> str:
    """Return a ward's majority: "Avenue, Hull: Labour by 3 votes (0.1%) over Greens".

    After a *label* the place comes last: "Closest: Labour by 3 votes (0.1%) over Greens in Avenue".
    """
    place = escape(margin.ward) + (f", {council}" if council else "")
    winner, loser = _rivals(margin, parties, members)
    last = "" if margin.seats == 1 else ", last seat"
    said = f"{winner} by {count(margin.votes, 'vote')} ({margin.per_cent:.1f}%) over {loser}"
    if margin.by_lot:
        last = f", {count(margin.polled, 'vote')} each"
        said = f"{winner} over {loser} by lot"
    return f"{label}: {said} in {place}{last}" if label else f"{place}: {said}{last}"


def ward_margin(margin: Margin, parties: Parties) -> str:
    """Return a ward's majority as on its own card: "Majority of 37 votes (1.2%)"."""
    winner, loser = _rivals(margin, parties, the_members)
    rivals = f"{winner} over {loser}"
    if not margin.between_parties:
        rivals = f"between two {one_of(parties.get(margin.winner))} candidates"
    if margin.by_lot:
        last = "The seat" if margin.seats == 1 else "The last seat"
        each = f"{count(margin.polled, 'vote')} each"
        return f"{last} was decided by lot, {rivals}: {each}"
    told = f"Majority of {count(margin.votes, 'vote')} ({margin.per_cent:.1f}%)"
    return told if margin.seats == 1 else f"{told} for the last seat, {rivals}"


def change_lines(votes: Votes, parties: Parties) -> list[str]:
    """Return a ward's changes of shares and its swing, none where they are not known."""
    known = [
        f"{party_name(one.party, parties)} {points(one.change)}"
        for one in votes.shares
        if one.change is not None and abs(one.change) >= _LEAST_CHANGE
    ]
    if not known:
        return []
    several = "" if all(ward.seats == 1 for ward in votes.wards) else f", {votes.method}"
    lines = [f"Change in share {since_years(votes.fought_on)}{several}: {', '.join(known)}."]
    if votes.swing is not None:
        lines.append(f"{swing_words(votes.swing, votes.fought_on, parties)}.")
    return lines


def _rivals(margin: Margin, parties: Parties, named: Callable[[Party], str]) -> tuple[str, str]:
    """Return the last elected and the first not elected, as *named* or as on the ballot paper."""
    told = zip((margin.winner, margin.runner_up), margin.called, strict=True)
    winner, loser = (
        _called(name, parties) if name else named(parties.get(code)) for code, name in told
    )
    return winner, loser


def _called(name: str, parties: Parties) -> str:
    """Return how a candidate of no party is called: "an independent", "Boston Independent"."""
    return "an independent" if parties.is_of_no_party(name) else escape(name)


def turnout_line(votes: Votes) -> str | None:
    """Return turnout, electorate and valid votes, with the wards where not all give them."""
    polled = votes.turnout
    if polled is None:
        return None
    all_given = polled.wards == votes.polls
    where = "" if all_given else f" in {number(polled.wards)} of {count(votes.polls, 'ward')}"
    told = f"Turnout {polled.per_cent:.1f}%{where}, electorate {number(polled.electorate)}"
    valid = votes.valid if all_given and votes.is_complete else None
    return told if valid is None else f"{told}, {number(valid)} valid votes"
