"""PA's documents as one array of JSON at one address, each a reading of its own."""

from __future__ import annotations

import json

from bot.feeds import safe_json
from bot.feeds.faults import DocumentFault
from bot.feeds.web_document import WebDocument


class JsonArray(WebDocument):
    """PA's array of documents over HTTP."""

    holds_several = True

    def _parts(self, body: bytes) -> list[bytes] | None:
        """Return each document of an array as JSON of its own, None for what is no array."""
        try:
            value = safe_json.parse(body)
        except DocumentFault:
            return None
        if not isinstance(value, list):
            return None
        return [json.dumps(document, separators=(",", ":")).encode() for document in value]
