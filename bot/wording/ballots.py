"""What became of a ballot, in a sentence: a ward, a mayor, a constituency, a referendum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.election.ballots import Ballot, BallotStanding, valid_votes
from bot.election.claims import BallotDeclared, Elected
from bot.election.parties import INDEPENDENT, Parties, Party
from bot.election.reports import BallotKind, BallotReport, Candidate, VotingSystem
from bot.election.seats import Composition
from bot.election.ward_outcomes import SeatOutcome, seat_outcome
from bot.wording.phrases import (
    affiliation,
    in_words,
    members,
    number,
    one_of,
    sentence_case,
    some_of,
    the_members,
)
from bot.wording.text import escape

_MOST_NAMED = 8


def ballot_sentence(ballot: Ballot, content: BallotDeclared, parties: Parties) -> str:
    """Return the result of a ballot: "Jason Perry (Conservative) elected Mayor of Croydon".

    The previous holder is named only if known: "…: Conservatives gain from Labour".
    """
    (chosen,) = content.elected[:1]
    match ballot.kind:
        case BallotKind.WARD:
            return _by_election_sentence(ballot, content, parties)
        case BallotKind.ASSEMBLY:
            seats = Counter(one.party for one in content.elected if one.party)
            return _elects(ballot, dict(seats.most_common()), parties)
        case BallotKind.REFERENDUM:
            return chosen_sentence(ballot, chosen.name)
        case BallotKind.MAYOR:
            return _mayor_sentence(ballot, content, chosen, parties)


def _elects(ballot: Ballot, won: Mapping[str, int], parties: Parties) -> str:
    told = [some_of(seats, parties.get(code)) for code, seats in won.items()]
    return f"{escape(ballot.name)} elects {in_words(told)}"


def _mayor_sentence(
    ballot: Ballot, content: BallotDeclared, chosen: Elected, parties: Parties
) -> str:
    party = one_of(parties.get(chosen.party)) if chosen.party else "no party"
    sentence = f"{escape(chosen.name)} ({party}) elected {escape(ballot.name)}"
    if content.before is None or chosen.party is None:
        return sentence
    after, before = parties.get(chosen.party), parties.get(content.before)
    if not after.is_one_party:
        return f"{sentence}, {previously(before)}"
    return f"{sentence}: {_mayors_change(after, before)}"


def _mayors_change(after: Party, before: Party) -> str:
    if after.code == before.code:
        return f"{members(after)} hold"
    return f"{members(after)} gain from {headline_holder(before)}"


def mayor_headline(standing: BallotStanding, parties: Parties) -> tuple[str, str] | None:
    """Return a declared mayor's title and the line below it; None if nobody or several won.

    "Jason Perry wins Croydon by 589" and "Mayor of Croydon: Conservatives gain from Labour".
    """
    report, ballot = standing.report, standing.ballot
    if report is None or not standing.is_declared or report.recount or len(report.winners) != 1:
        return None
    (winner,) = report.winners
    ahead = majority_of_mayor(report)
    by = "" if ahead is None else f" by {number(ahead)}" if ahead else " after a tie"
    title = f"{escape(winner.name)} wins {escape(ballot.area)}{by}"
    after = parties.resolve(winner.party) if winner.party else None
    if ballot.sitting is None or after is None:
        party = "no party" if after is None else one_of(after)
        return title, f"{escape(ballot.name)}: {party}"
    before = parties.get(ballot.sitting)
    if not after.is_one_party:
        return title, f"{escape(ballot.name)}: {one_of(after)}, {previously(before)}"
    return title, f"{escape(ballot.name)}: {_mayors_change(after, before)}"


def _by_election_sentence(ballot: Ballot, content: BallotDeclared, parties: Parties) -> str:
    """Return "Labour hold Headingley ward of Leeds", "Labour win …" if it is not known who held it.

    Of several seats the sentence says who held and gained each, where all of those are known.
    """
    where = escape(ballot.name)
    won = Composition((one.party, 1) for one in content.elected if one.party)
    if ballot.seats > 1 or won.total != 1:
        outcome = seat_outcome(won, ballot.previous)
        if outcome is not None:
            return f"{where}: {seats_sentence(outcome, parties)}"
        return _elects(ballot, won, parties)
    winner = parties.get(next(iter(won)))
    together = not winner.is_one_party
    who, s = (headline_holder(winner), "s") if together else (members(winner), "")
    rest = ""
    if content.before is None:
        verb = "win"
    elif content.holds:
        # Two independents are not one party that holds.
        verb, rest = ("win", f", {previously(winner)}") if together else ("hold", "")
    else:
        verb, rest = "gain", f" from {headline_holder(parties.get(content.before))}"
    return f"{sentence_case(who)} {verb}{s} {where}{rest}"


def result_of_ballot(standing: BallotStanding, parties: Parties) -> str | None:
    """Return the result in force as a sentence; None before there is one, and during a recount."""
    report, ballot = standing.report, standing.ballot
    if report is None or not standing.is_declared or report.recount:
        return None
    elected = tuple(
        Elected(one.name, parties.resolve(one.party).code if one.party else None)
        for one in report.winners
    )
    content = BallotDeclared(ballot.code, ballot.kind, elected, ballot.sitting)
    return ballot_sentence(ballot, content, parties)


def holds_seats(standing: BallotStanding, parties: Parties) -> bool:
    """Whether everybody elected is of the party that is known to have held the post or seats.

    Two independents are not one party that holds.
    """
    won = standing.report.winners if standing.report else ()
    holders = {parties.resolve(one.party).code if one.party else None for one in won}
    sitting = standing.ballot.sitting
    return sitting is not None and parties.get(sitting).is_one_party and holders == {sitting}


def holder_before(party: Party) -> str:
    """Return the previous holder of a post in sentences: "the Conservatives", "an independent"."""
    return the_members(party) if party.is_one_party else headline_holder(party)


def headline_holder(party: Party) -> str:
    """Return the holder of a post as in headlines: "Conservatives", "an independent"."""
    if party.is_one_party:
        return members(party)
    one = one_of(party)
    return f"an {one}" if one[:1] in "aeiou" else f"a {one}"


def previously(party: Party) -> str:
    """Return the previous holder at the end of a headline: "previously Conservative"."""
    return f"previously {one_of(party)}"


def chosen_sentence(ballot: Ballot, answer: str) -> str:
    """Return the outcome of a referendum, without a full stop: "Bristol votes to scrap its mayor".

    If our tables have no sentence for the *answer*, the answer itself is quoted.
    """
    headline = next((one.headline for one in ballot.answers if one.text == answer), "")
    return escape(headline, 200) or f"{escape(ballot.name)}: voters choose “{escape(answer)}”"


def share_in_brackets(votes: float, total: float | None) -> str:
    """Return votes as a share of the total: " (59.3%)"; empty if the total is not known."""
    return f" ({100 * votes / total:.1f}%)" if total else ""


def turnout_words(
    turnout: float | None, electorate: int | None, valid: int | None = None
) -> Iterator[str]:
    """Return the known figures of turnout, electorate and valid votes."""
    if turnout is not None:
        yield f"turnout {turnout:.1f}%"
    if electorate:
        yield f"electorate {number(electorate)}"
    if valid is not None:
        yield f"valid votes {number(valid)}"


def majority_of_mayor(report: BallotReport) -> int | None:
    """Return a mayor's majority in the last round, None if it is not known; 0 after a tie."""
    rounds = [one.votes for one in report.candidates if one.votes]
    last = max(map(len, rounds), default=0)
    told = [votes[-1] for votes in rounds if len(votes) == last]
    final = sorted((votes for votes in told if votes is not None), reverse=True)
    if len(report.winners) != 1 or len(final) < max(2, len(told)):
        return None
    won = report.winners[0].votes
    if len(won) != last or won[-1] != final[0]:
        return None
    if last == 1 and not _all_are_told(report, final):
        return None
    return round(final[0] - final[1])


def _all_are_told(report: BallotReport, votes: Sequence[float]) -> bool:
    """Whether nobody left out of the only round's *votes* can have more than the second."""
    if len(votes) < len(report.candidates):
        return False
    return report.valid is None or report.valid - sum(votes) <= votes[1]


def majority_words(report: BallotReport) -> list[str]:
    """Return a mayor's majority as a line, nothing if it is not known or nobody was ahead."""
    ahead = majority_of_mayor(report)
    return [f"Majority of {number(ahead)}"] if ahead else []


def _last_round(report: BallotReport) -> float | None:
    """Return the total votes of the last round, None if any of them is not known."""
    votes = [one.votes[-1] for one in report.candidates if len(one.votes) == report.counts > 0]
    known = [one for one in votes if one is not None]
    return sum(known) if len(known) == len(votes) else None


def votes_lines(ballot: Ballot, report: BallotReport, parties: Parties) -> list[str]:
    """Return a line for each candidate whose votes are known, most votes first.

    Shares are given if all votes are known. Second-round votes come with the first preferences.
    """
    lines, total, last_round = [], valid_votes(ballot, report), _last_round(report)
    standing = sorted(report.candidates, key=lambda one: _by_votes(one, ballot))
    if ballot.system is VotingSystem.STV:
        lines.append("First preferences:")
    for one in standing[:_MOST_NAMED]:
        if not one.votes or one.first_preferences is None:
            continue
        votes = number(one.first_preferences)
        last = one.votes[-1]
        if ballot.kind is BallotKind.MAYOR and len(one.votes) > 1 and last is not None:
            share = share_in_brackets(last, last_round)
            votes = f"{number(last)}{share} in the second round, {votes} in the first"
        else:
            votes += share_in_brackets(one.first_preferences, total)
        if ballot.kind is BallotKind.REFERENDUM:
            lines.append(f"{escape(one.name)}: {votes}")
            continue
        party = f" ({affiliation(one.party, parties)})" if one.party else ""
        elected = ", **elected**" if one.elected and ballot.seats > 1 else ""
        lines.append(f"{escape(one.name)}{party}: {votes}{elected}")
    if len(standing) > _MOST_NAMED:
        lines.append(f"and {number(len(standing) - _MOST_NAMED)} more")
    if ballot.kind is BallotKind.MAYOR:
        lines += majority_words(report)
    if report.turnout is not None:
        lines.append(f"Turnout {report.turnout:.1f}%")
    return lines


def _by_votes(one: Candidate, ballot: Ballot) -> tuple[int, float]:
    """Return the place of a candidate: those of a second round come first, by its votes.

    Votes of the last stage of a transferable count compare nobody: who is elected keeps a quota.
    """
    if not one.votes:
        return 0, 0
    if ballot.system is VotingSystem.STV:
        return 0, -(one.first_preferences or 0)
    return -len(one.votes), -(one.votes[-1] or 0)


def are_independents(report: BallotReport, parties: Parties) -> bool:
    """Whether all winners that are of none of our parties stood as independents."""
    names = [
        one.party.name
        for one in report.winners
        if one.party and parties.resolve(one.party).code == INDEPENDENT
    ]
    return all(parties.is_of_no_party(name) and "/" not in name for name in names)


def seats_sentence(outcome: SeatOutcome, parties: Parties, *, independents: bool = False) -> str:
    """Return "Labour gain 2 from Conservatives, Conservatives hold 1", uncapitalised.

    The number is left out if there is only one seat. With *independents* those elected of no party
    are called so: "an independent gains from Labour".
    """
    single = sum(one.seats for one in outcome.gained) + sum(n for _, n in outcome.held) == 1
    parts = []

    def told(code: str, verb: str, seats: int) -> str:
        who = members(parties.get(code))
        if independents and code == INDEPENDENT and verb != "lose":
            if single:
                return f"an independent {verb}s"
            who = "independents"
        return f"{who} {verb}{'' if single else f' {number(seats)}'}"

    for gain in outcome.gained:
        source = f" from {members(parties.get(gain.source))}" if gain.source else ""
        parts.append(told(gain.party, "gain", gain.seats) + source)
    parts += [told(code, "lose", n) for code, n in outcome.lost]
    parts += [told(code, "hold", n) for code, n in outcome.held]
    return ", ".join(parts)
