"""One question at the terminal, answered by the same cogs as on Discord."""

from __future__ import annotations

from bot.chat.client import ElectionNight, load_cogs
from bot.chat.free_text import question_asked
from bot.chat.questions import CannotAnswer, ask, dated, further_of, parse
from bot.chat.services import Services
from bot.wording.text import plain


async def answer_at_terminal(services: Services, text: str) -> str:
    """Return the answer to "/council Hull", or to "Hull", as plain text, all pages.

    Raises `CannotAnswer`.
    """
    client = ElectionNight(services)
    await load_cogs(client)
    try:
        command = (text.split() or [""])[0]
        is_command = client.tree.get_command(command) is not None  # "/" may be left out
        blank = not text.strip()
        asked = parse(client.tree, text) if is_command or blank else None
        question = asked or question_asked(client, text)
        first = dated(await ask(client.tree, question), services)
        rest = [await ask(client.tree, question, page) for page in range(2, first.pages + 1)]
    except CannotAnswer as refusal:
        raise CannotAnswer(plain(str(refusal))) from None
    blocks = [card.to_text() for answer in (first, *rest) for card in answer.cards]
    further = [f"{label}: {asked}" for label, asked in further_of(first)]
    return "\n\n".join([*blocks, *(["\n".join(further)] if further else [])])
