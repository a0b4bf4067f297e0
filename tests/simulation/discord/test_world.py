"""The world's own rules: permissions, identifiers, and the stream of its changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from simulation.discord import Permission, Sandbox
from simulation.discord.permissions import ALL, Overwrite, OverwriteKind, in_channel, in_guild
from simulation.discord.snowflakes import Snowflakes, created_at

GUILD, ROLE, OTHER, MEMBER = 1, 2, 3, 4
VIEW, SEND = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES


def role(
    target: int, *, allow: Permission = Permission.NONE, deny: Permission = Permission.NONE
) -> Overwrite:
    return Overwrite(target, OverwriteKind.ROLE, allow, deny)


@pytest.mark.parametrize(
    ("base", "overwrites", "expected"),
    [
        (VIEW | SEND, [], VIEW | SEND),
        (VIEW | SEND, [role(GUILD, deny=SEND)], VIEW),
        (VIEW, [role(GUILD, deny=SEND), role(ROLE, allow=SEND)], VIEW | SEND),
        (VIEW | SEND, [role(ROLE, deny=SEND), role(OTHER, allow=SEND)], VIEW | SEND),
        (VIEW | SEND, [role(ROLE, allow=SEND), role(MEMBER, deny=SEND)], VIEW),
        (VIEW | SEND | Permission.EMBED_LINKS, [role(GUILD, deny=SEND)], VIEW),
        (VIEW | SEND, [role(GUILD, deny=VIEW)], Permission.NONE),
        (Permission.ADMINISTRATOR, [role(MEMBER, deny=VIEW)], ALL),
    ],
)
def test_overwrites_count_in_discords_order(
    base: Permission, overwrites: list[Overwrite], expected: Permission
) -> None:
    granted = in_channel(
        base,
        overwrites,
        guild_id=GUILD,
        role_ids=frozenset({ROLE, OTHER}),
        member_id=MEMBER,
    )
    assert granted == expected


def test_owners_and_administrators_may_do_everything() -> None:
    assert in_guild(owner=True, everyone=Permission.NONE, roles=[]) == ALL
    assert in_guild(owner=False, everyone=VIEW, roles=[Permission.ADMINISTRATOR]) == ALL
    assert in_guild(owner=False, everyone=VIEW, roles=[SEND]) == VIEW | SEND


def test_identifiers_grow_and_carry_their_time() -> None:
    ids = Snowflakes()
    made = [ids.next() for _ in range(1_000)]
    assert made == sorted(set(made))
    assert abs(created_at(made[0]) - datetime.now(UTC)) < timedelta(seconds=1)


async def test_a_port_that_is_taken_is_said_so() -> None:
    async with Sandbox() as sandbox:
        with pytest.raises(OSError, match="address already in use"):
            await Sandbox(port=sandbox.port).__aenter__()
