"""Results hidden until somebody presses on them: for channels that want no spoilers.

Discord hides what stands between `||` in a description. It hides neither titles, names of fields,
colours nor an embed's picture, and a push preview shows the message's content. So everything goes
into the description, under a title that says nothing, in grey; pictures are attachments of their
own whose names begin with `SPOILER_`.
"""

from __future__ import annotations

import re
from typing import Any

from bot.cards.card import DESCRIPTION, TITLE
from bot.wording.phrases import GREY
from bot.wording.text import bounded, shortened

SPOILER = "SPOILER_"
"""How the name of a file begins that Discord hides."""
HIDDEN_ALT = "A picture of results, hidden until you press it"
_MARK = "||"
_MARKS = re.compile(r"\|{2,}")
_STATES = ("CORRECTION: ", "WITHDRAWN: ", "RETRACTION: ")

_HAS_DECLARED = " has declared"


def _of_what(title: str, state: str) -> str:
    """Return a *title* as it holds: a result that is retracted is no declaration."""
    if not state.startswith("RETRACTION") or not title.endswith(_HAS_DECLARED):
        return title
    return f"the result reported for {title.removesuffix(_HAS_DECLARED)} is withdrawn"


def hidden(embed: dict[str, Any], title: str) -> dict[str, Any]:
    """Return an embed with all that it says hidden, under a *title* that says no result.

    That it corrects or withdraws something is kept in the title; the footer keeps its reference.
    """
    said = str(embed.get("title", ""))
    state = next((one for one in _STATES if said.startswith(one)), "")
    parts = [f"**{said}**", embed.get("description", "")]
    parts += [f"**{field['name']}**\n{field['value']}" for field in embed.get("fields", ())]
    text = _MARKS.sub("|", "\n".join(part for part in parts if part))
    shown = {
        "type": "rich",
        "title": shortened(f"{state}{_of_what(title, state)}", TITLE),
        "color": GREY,
        "description": f"{_MARK}{bounded(text, DESCRIPTION - 2 * len(_MARK))}{_MARK}",
    }
    if "footer" in embed:
        shown["footer"] = {"text": embed["footer"]["text"].rpartition(" · ")[2]}
    if "timestamp" in embed:
        shown["timestamp"] = embed["timestamp"]
    return shown
