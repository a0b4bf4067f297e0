"""A newsroom of the tests: makes claims, which alerts are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.election.almanac import Almanac
from bot.election.claims import Basis, ClaimContent, ClaimState, next_version
from bot.election.control import NOC, Control
from bot.election.councils import Council, Councils
from bot.election.records import CouncilRecord, SeatsRecord
from bot.store.claims import council_claim, latest_claim
from bot.store.standings import CouncilDecided
from bot.store.writer import Transaction, Writer
from tests.election.build import NIGHT, PARTIES, POLLS_CLOSE

YORKSHIRE, LONDON, WALES = "Yorkshire and The Humber", "London", "Wales"
_NAMED = (
    Council("KHL", "Kingston upon Hull", nation="England", region=YORKSHIRE, seats=57),
    Council("WND", "Wandsworth", nation="England", region=LONDON, seats=58),
    Council("BNE", "Barnet", nation="England", region=LONDON, seats=63),
    Council("CMA", "Cumberland", nation="England", region="North West", seats=46),
    Council("CRF", "Cardiff", nation="Wales", region=WALES, seats=79),
)
MANY = tuple(
    Council(f"M{number:02}", f"Market {number:02}", nation="England", region="East", seats=40)
    for number in range(40)
)
ALMANAC = Almanac(parties=PARTIES, councils=Councils((*_NAMED, *MANY)))
START: datetime = POLLS_CLOSE


@dataclass(frozen=True)
class News:
    """A council's control before and after.

    Before is None for a new council, empty where it is not known; after is None for a withdrawal.
    """

    council: str
    before: str | None
    after: str | None


def gain(council: str, before: str = "Con", after: str = "Lab") -> News:
    """A council that goes from one party to another."""
    return News(council, before, after)


def hold(council: str, party: str = "Lab") -> News:
    """A council that stays where it was."""
    return News(council, party, party)


def before_unknown(council: str, after: str = "Lab") -> News:
    """A council of which nobody knows who controlled it before."""
    return News(council, "", after)


def withdrawn(council: str) -> News:
    """A claim that is taken back."""
    return News(council, None, None)


class Desk:
    """Commits claims as the newsroom does."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def says(self, *news: News, seeded: bool = False, by_desk: bool = False) -> None:
        """Make new versions of claims, all in one commit."""

        def work(tx: Transaction) -> None:
            for each in news:
                say(tx, each, self._clock, seeded=seeded, by_desk=by_desk)

        await self._writer.transact(work)

    async def says_nonsense(self, of: str, *then: News) -> None:
        """Gain a council with an outcome that nobody can read, in one commit with other news."""

        def work(tx: Transaction) -> None:
            say(tx, gain(of), self._clock)
            tx.db.conn.execute("UPDATE claims SET outcome = 'nonsense' WHERE council = ?", (of,))
            for each in then:
                say(tx, each, self._clock)

        await self._writer.transact(work)

    async def rests_on(self, council: str, now: dict[str, int]) -> None:
        """Let the newest version of a claim rest on other seats."""

        def work(tx: Transaction) -> None:
            latest = latest_claim(tx.db.conn, NIGHT.isoformat(), council)
            assert latest is not None
            content = latest.content
            standing = CouncilRecord(
                name=council,
                votes=True,
                before=content and content.before,
                after=content and content.after,
                outcome=content and content.outcome,
                seats=tuple(SeatsRecord(party, now=seats) for party, seats in now.items()),
            )
            tx.append(CouncilDecided(NIGHT, council, (), standing), self._clock.now())

        await self._writer.transact(work)


def say(
    tx: Transaction, news: News, clock: Clock, *, seeded: bool = False, by_desk: bool = False
) -> None:
    """Make a new version of a claim."""
    latest = latest_claim(tx.db.conn, NIGHT.isoformat(), news.council)
    version = next_version(latest, content(news))
    assert version is not None, f"{news} is nothing new"
    now = None if news.after is None else {news.after.replace("NOC", "Ind"): 30, "Green": 9}
    claim = council_claim(
        news.council,
        version,
        basis=None if version.state is ClaimState.RETRACTED else Basis.RESULT,
        declared_at=None if news.after is None else clock.now(),
        seeded=seeded,
        by_desk=by_desk,
        now=now,
    )
    tx.append(CouncilDecided(NIGHT, news.council, (), claim=claim), clock.now())


def content(news: News) -> ClaimContent | None:
    """What a piece of news claims; None where it withdraws."""
    if news.after is None:
        return None
    before = _control(news.before) if news.before else None
    return ClaimContent.of(before, _control(news.after), new_council=news.before is None)


def _control(code: str) -> Control:
    return NOC if code == "NOC" else Control(code)
