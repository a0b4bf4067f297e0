"""`/desk`: the queue, the desk's own results and notes, and its log.

Its commands exist in the desk's own server only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from discord import app_commands
from discord.app_commands import Transform
from discord.ext import commands

from bot.cards.card import page_of
from bot.chat.client import ElectionNight
from bot.chat.commands import NameOption, OfferedOption, Option, command
from bot.chat.components import answer_privately
from bot.chat.held_reports import held_for_one_reason
from bot.chat.interaction import Interaction
from bot.chat.lookups import containing, council_declared, council_meant, parties_like, party_named
from bot.chat.options import CouncilName, of_newest_night
from bot.chat.questions import LONGEST_OPTION, CannotAnswer
from bot.chat.rights import is_desk, number_in
from bot.chat.services import Services
from bot.election.almanac import Almanac
from bot.election.control import NOC, Control
from bot.election.councils import Council
from bot.election.parties import NOC_CODE, NOC_NAME, means_noc
from bot.election.seats import Composition
from bot.store.claims import control_from
from bot.store.desk import UNDOABLE, DeskAction, DeskRecord, Refusals
from bot.wording.phrases import holder_of, name_of
from bot.wording.text import at, escape
from cogs.desk import _together
from cogs.desk._preview import Draft, preview, seats_named
from cogs.desk._queue import LONGEST_WHY, SHORTEST_WHY, desk_of, queue_page, say_done

_LOGGED = 20


def _controls(services: Services, typed: str, on: date) -> Mapping[str, str]:
    """Offer the parties whose name comes near, and no overall control."""
    noc = {NOC_NAME: NOC_CODE} if typed.lower() in NOC_NAME.lower() else {}
    return noc | parties_like(services.almanac_of(on), typed)


def _unknown_names(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the names of parties that no table knows."""
    services = interaction.client.services
    found = {
        name
        for night in services.nights_at_the_desk
        for name in services.reader.wire_names(night)["parties"]
    }
    return containing(sorted(found), typed) if is_desk(interaction) else {}


def _reasons(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the reasons that hold reports by themselves, with how many each holds."""
    if not is_desk(interaction):
        return {}
    held = held_for_one_reason(interaction.client.services)
    near = containing(held, typed)
    return {f"{rule} ({len(held[rule])})": rule for rule in near}


def _differences(interaction: Interaction, typed: str) -> Mapping[str, str]:
    """Offer the differences that are not explained."""
    services = interaction.client.services
    found = services.unreconciled(services.newest_night)
    return containing(found, typed) if is_desk(interaction) else {}


ControlName = Transform[
    str,
    NameOption("Who controls it now: a party, or no overall control", of_newest_night(_controls)),
]
Before = Transform[
    str,
    NameOption(
        "Who controlled it before, where no table and no feed says so",
        of_newest_night(_controls),
    ),
]
Seats = Transform[
    str, Option("The whole council after, as in: LD 29, Lab 27, Ind 1", longest=LONGEST_WHY)
]
Why = Transform[
    str, Option("Why; recorded in the desk's log", shortest=SHORTEST_WHY, longest=LONGEST_WHY)
]
UnknownName = Transform[str, NameOption("The party's name, as the queue shows it", _unknown_names)]
KnownParty = Transform[
    str,
    NameOption(
        "The party whose name it is; left out, it is a party of its own",
        lambda interaction, typed: parties_like(interaction.client.services.almanac, typed),
    ),
]
HeldFor = Transform[str, NameOption("The reason, as the queue counts them", _reasons)]
Difference = Transform[
    str, OfferedOption("Which difference; all that there are without it", _differences)
]


class DeskCog(commands.GroupCog, name="Desk", group_name="desk"):
    """Confirms, corrects, retracts; every action is checked, written down and can be undone."""

    def __init__(self, client: ElectionNight) -> None:
        self.services = client.services

    @command()
    async def queue(self, interaction: Interaction) -> None:
        """What waits for the desk: held reports, sources that differ, names unknown."""
        desk, _ = await desk_of(interaction)
        cards, view = await queue_page(desk, self.services, self.services.newest_night, 1)
        await answer_privately(interaction, *cards, view=view)

    @command()
    async def confirm(self, interaction: Interaction, reason: HeldFor, why: Why) -> None:
        """Confirm together what is held for one reason alone; first shows what each would say."""
        await desk_of(interaction)
        await _together.preview(interaction, reason, why)

    @command()
    async def result(
        self,
        interaction: Interaction,
        *,
        council: CouncilName,
        control: ControlName,
        why: Why,
        seats: Seats | None = None,
        before: Before | None = None,
    ) -> None:
        """Declare a council that has no result; later reports that contradict it wait."""
        await self._draft(
            DeskAction.RESULT,
            interaction,
            council,
            why,
            control=control,
            seats=seats,
            before=before,
        )

    @command()
    async def correct(
        self,
        interaction: Interaction,
        *,
        council: CouncilName,
        control: ControlName,
        why: Why,
        seats: Seats | None = None,
        before: Before | None = None,
    ) -> None:
        """Put a council's result right; later reports that contradict it wait."""
        await self._draft(
            DeskAction.CORRECT,
            interaction,
            council,
            why,
            control=control,
            seats=seats,
            before=before,
        )

    @command()
    async def retract(self, interaction: Interaction, council: CouncilName, why: Why) -> None:
        """Withdraw a council's result, without another in its place."""
        await self._draft(DeskAction.RETRACT, interaction, council, why)

    @command(
        text="What readers are told: a concession, a defection",
        control="Who controls it since, where no election decided it",
        seats="The whole council since, as in: LD 29, Lab 27, Ind 1",
    )
    async def note(
        self,
        interaction: Interaction,
        council: CouncilName,
        text: Why,
        control: ControlName | None = None,
        seats: Seats | None = None,
    ) -> None:
        """Add a note to a council's card; it counts in no total of the night."""
        desk, by = await desk_of(interaction)
        meant = self._council(council)
        done = await desk.note(
            self.services.newest_night,
            meant,
            text,
            by,
            control=None if control is None else self._control(control),
            seats=self._seats(seats),
        )
        await say_done(interaction, f"Note added: {name_of(meant)}", done)

    @command()
    async def name(
        self, interaction: Interaction, name: UnknownName, why: Why, party: KnownParty | None = None
    ) -> None:
        """Say once whose a party's name is that no table knows; every report of it follows."""
        await desk_of(interaction)
        meant = None if party is None else Control(party_named(self.services.almanac, party).code)
        night = self.services.newest_night
        await preview(
            interaction, Draft(DeskAction.NAME, night, why, control=meant, named=name.strip())
        )

    @command(why="Why it is no real difference; recorded in the desk's log")
    async def explain(
        self, interaction: Interaction, why: Why, difference: Difference | None = None
    ) -> None:
        """Mark a difference from the wire's state of parties as explained."""
        desk, by = await desk_of(interaction)
        night = self.services.newest_night
        found = self.services.unreconciled(night)
        if difference is not None:
            found = tuple(one for one in found if one[:LONGEST_OPTION] == difference)
            if not found:
                raise CannotAnswer("No such difference. Pick one from the list.")
        done = await desk.explain(night, found, by, why)
        await say_done(interaction, f"Differences explained: {len(found)}", done)

    @command()
    async def pause(self, interaction: Interaction, why: Why) -> None:
        """Hold all alerts back, corrections too; nothing is lost."""
        desk, by = await desk_of(interaction)
        done = await desk.pause(by, why)
        await say_done(interaction, "Alerts paused", done, back="`/desk resume` resumes them")

    @command()
    async def resume(self, interaction: Interaction, why: Why) -> None:
        """Let all alerts go on; what was held back follows now."""
        desk, by = await desk_of(interaction)
        done = await desk.resume(by, why)
        await say_done(interaction, "Alerts resumed", done, back="`/desk pause` pauses them again")

    @command(action="The action's number, as the log shows it")
    async def undo(
        self, interaction: Interaction, action: app_commands.Range[int, 1], why: Why
    ) -> None:
        """Take one of the desk's actions back, with all that followed from it."""
        await desk_of(interaction)
        night, number = self.services.newest_night, number_in(str(action))
        await preview(interaction, Draft(DeskAction.UNDO, night, why, number=number))

    @undo.autocomplete("action")
    async def complete_action(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[int]]:
        """Offer the last actions that can be undone."""
        if not is_desk(interaction):
            return []
        return [
            app_commands.Choice(name=self._line(record, plainly=True)[:100], value=record.id)
            for record in self.services.reader.desk_log(100)
            if record.action in UNDOABLE
            and record.undone_by is None
            and str(record.id).startswith(str(typed))
        ][:25]

    @command()
    async def log(self, interaction: Interaction) -> None:
        """What the desk has done last: who, when and why; and who was refused."""
        await desk_of(interaction)
        reader = self.services.reader
        lines = [self._line(record) for record in reader.desk_log(_LOGGED)]
        cards = [page_of("The desk's log", lines, 1, empty="No actions yet.").card]
        if refused := [self._refusals_line(one) for one in reader.desk_refusals(_LOGGED)]:
            cards.append(page_of("Refused attempts", refused, 1, empty="").card)
        await answer_privately(interaction, *cards)

    async def _draft(
        self,
        action: DeskAction,
        interaction: Interaction,
        council: str,
        why: str,
        *,
        control: str | None = None,
        seats: str | None = None,
        before: str | None = None,
    ) -> None:
        # Before names are looked up, so that anybody else is refused and logged.
        await desk_of(interaction)
        night = self.services.newest_night
        find = council_declared if action is DeskAction.RESULT else council_meant
        draft = Draft(
            action,
            night,
            why,
            find(self.services, council, night),
            None if control is None else self._control(control),
            self._seats(seats),
            None if before is None else self._control(before),
        )
        await preview(interaction, draft)

    @property
    def _almanac(self) -> Almanac:
        return self.services.almanac_of(self.services.newest_night)

    def _council(self, name: str) -> Council:
        services = self.services
        night = services.newest_night
        return council_meant(services, name, night)

    def _control(self, name: str) -> Control:
        if means_noc(name):
            return NOC
        return Control(party_named(self._almanac, name).code)

    def _seats(self, text: str | None) -> Composition | None:
        return None if text is None else seats_named(self._almanac, text)

    def _line(self, record: DeskRecord, *, plainly: bool = False) -> str:
        """Return an action in a line: number, time, who, what, why, and whether it was undone."""
        almanac = self.services.named
        what = [str(record.action)]
        if record.council is not None:
            what.append(name_of(almanac.councils.get(record.council)))
        if record.named is not None:
            what.append(f"“{escape(record.named)}” as")
        control = control_from(record.control)
        if control is not None:
            what.append(holder_of(control, almanac.parties))
        before = control_from(record.before)
        if before is not None:
            what.append(f"before {holder_of(before, almanac.parties)}")
        if record.report_id is not None:
            what.append(f"#{record.report_id}")
        if record.refers_to is not None:
            what.append(f"of action {record.refers_to}")
        when = f"{record.at:%H:%M}" if plainly else at(record.at)
        line = f"{record.id} · {when} · {escape(record.who)} · {', '.join(what)}"
        line += f": {escape(record.why, LONGEST_WHY)}"
        return line if record.undone_by is None else f"~~{line}~~ (undone by {record.undone_by})"

    def _refusals_line(self, refused: Refusals) -> str:
        """Return who was refused what in a line, and how often in that hour."""
        line = self._line(refused.last)
        return line if refused.times == 1 else f"{line}, {refused.times} times"
