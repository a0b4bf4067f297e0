"""Lists of checks: each is a named rule that finds what is wrong with a report, in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

F = TypeVar("F")
Finds = Callable[[F], str | None]


class Findings(NamedTuple):
    """The reasons why a report is held and the warnings about it, in sentences.

    `held_by` names the check behind each reason.
    """

    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """A named rule. `holds` says whether it holds the report or only warns; `why` is the reason.

    `finds` returns a sentence if a report fails it, else None.
    """

    name: str
    holds: bool
    why: str
    finds: Finds[F]


class Checks(list[Check[F]]):
    """The rules for one kind of report; docs/desk.md lists them all."""

    def holds(self, name: str, why: str) -> Callable[[Finds[F]], Finds[F]]:
        """Return a decorator that adds a rule which holds a report that fails it."""
        return self._added(name, why, holds=True)

    def warns(self, name: str, why: str) -> Callable[[Finds[F]], Finds[F]]:
        """Return a decorator that adds a rule which only warns."""
        return self._added(name, why, holds=False)

    def _added(self, name: str, why: str, *, holds: bool) -> Callable[[Finds[F]], Finds[F]]:
        def add(finds: Finds[F]) -> Finds[F]:
            self.append(Check(name, holds, why, finds))
            return finds

        return add

    def findings(self, facts: F) -> Findings:
        """Apply every rule to a report."""
        found = [(check, check.finds(facts)) for check in self]
        holding = [(said, check.name) for check, said in found if check.holds and said]
        return Findings(
            tuple(said for said, _ in holding),
            tuple(said for check, said in found if not check.holds and said),
            tuple(name for _, name in holding),
        )
