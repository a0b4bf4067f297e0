"""What was filled into a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def texts_of(components: Iterable[Any]) -> dict[str, str]:
    """Return what was typed into a modal, by custom id; texts lie in rows or labels."""
    found: dict[str, str] = {}
    for component in components:
        if "value" in component:
            found[component["custom_id"]] = component["value"]
        inside = [component["component"]] if "component" in component else []
        found |= texts_of([*component.get("components", ()), *inside])
    return found
