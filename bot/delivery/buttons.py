"""The buttons under a posted alert: **How we know**, which answers its reader alone.

They are part of the body that is sealed with the post, so that a message that is sent again has
them too; an edit replaces embeds and keeps them, and what they show is what holds when pressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.election.claims import SEPARATOR
from bot.election.councils import Councils
from bot.store.codec import Row
from bot.store.deliveries import CLAIM, DeliveryKind

_ABOUT_A_RESULT = frozenset({DeliveryKind.ALERT, DeliveryKind.CORRECTION, DeliveryKind.RETRACTION})
_QUESTION = "ask:1:/council name:{council} night:{night} show:how"
"""The custom id of the button that asks how a council's result is known."""
_LONGEST_CUSTOM_ID = 100
_LONGEST_LABEL = 80
_MOST_BUTTONS = 5
_ROW, _BUTTON, _SECONDARY = 1, 2, 2  # Discord's numbers of component types and styles


def how_we_know_buttons(deliveries: Sequence[Row], councils: Councils) -> list[dict[str, Any]]:
    """Return the components under a post of *deliveries*: a button for each council it tells of.

    None if they are of no council's result, or of more councils than a row of buttons holds.
    """
    codes: dict[str, str] = {}
    for row in deliveries:
        about_a_result = row["subject"] == CLAIM and row["kind"] in _ABOUT_A_RESULT
        if about_a_result and _is_a_council(row["council"]):
            asked = _QUESTION.format(council=row["council"], night=row["night"])
            if len(asked) <= _LONGEST_CUSTOM_ID:
                codes.setdefault(row["council"], asked)
    if not codes or len(codes) > _MOST_BUTTONS:
        return []
    buttons = []
    for code, asked in codes.items():
        about = "" if len(codes) == 1 else f": {councils.get(code).name}"
        label = f"How we know{about}"[:_LONGEST_LABEL]
        buttons.append({"type": _BUTTON, "style": _SECONDARY, "label": label, "custom_id": asked})
    return [{"type": _ROW, "components": buttons}]


def _is_a_council(key: str) -> bool:
    """Whether a claim's key is a council's code, also of one that only documents know."""
    before, _, after = key.partition(SEPARATOR)
    return not after or before == "wire"
