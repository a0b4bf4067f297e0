"""Whom one can be on the page."""

from dataclasses import dataclass

from simulation.discord.world import User


@dataclass(frozen=True, slots=True)
class Persona:
    """A user that the page lets one act as.

    `key` names them in the page's address (`?as=desk`) and outlives restarts; `description` says
    what they are for ("Reader", "Server admin").
    """

    key: str
    user: User
    description: str
