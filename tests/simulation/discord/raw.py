"""A bare HTTP client for the sandbox, for requests that no library would send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

from simulation.discord import Sandbox

JSON = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: CIMultiDictProxy[str]

    @property
    def code(self) -> int:
        """Discord's own code."""
        return int(self.body["code"])

    def error_at(self, path: str) -> str:
        """Return the first error's code at a path such as "embeds.0.title"."""
        node = self.body["errors"]
        for step in path.split("."):
            node = node[step]
        return str(node["_errors"][0]["code"])


class Raw:
    """Sends what it is told to."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self._sandbox = sandbox
        self._session = session

    async def __call__(self, method: str, path: str, **request: Any) -> Answer:
        """Send a request with the bot's token and return the answer."""
        headers = {"Authorization": f"Bot {self._sandbox.token}"} | request.pop("headers", {})
        url = self._sandbox.api_base + path
        async with self._session.request(method, url, headers=headers, **request) as response:
            is_json = response.headers.get("Content-Type") == "application/json"
            body = await response.json() if is_json else await response.text()
            return Answer(response.status, body, response.headers)


@asynccontextmanager
async def raw_client(sandbox: Sandbox) -> AsyncIterator[Raw]:
    """Open a bare client."""
    async with aiohttp.ClientSession() as session:
        yield Raw(sandbox, session)
