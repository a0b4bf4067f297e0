"""The sandbox: a Discord on loopback, for tests, the demo and benchmarks."""

import asyncio
import base64
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from typing import Self

from aiohttp import web

from simulation.discord.bodies import MOST_BYTES
from simulation.discord.commands import CommandRegistry
from simulation.discord.faults import Faults
from simulation.discord.gateway import Gateway
from simulation.discord.interactions import Interactions
from simulation.discord.limits import Limits, RateLimiter
from simulation.discord.page.controls import NightControls
from simulation.discord.page.site import Page
from simulation.discord.page.views import Persona, Prompt
from simulation.discord.people import People
from simulation.discord.rest import BASE, Exchange, Rest
from simulation.discord.routes.account import AccountRoutes
from simulation.discord.routes.channels import ChannelRoutes
from simulation.discord.routes.interactions import InteractionRoutes
from simulation.discord.routes.threads import ThreadRoutes
from simulation.discord.sessions import Intent, application_flags
from simulation.discord.world import Channel, User, World

HOST = "127.0.0.1"
_FORM_OVERHEAD = 1024 * 1024
_AS_A_FILE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Keeps an attachment from running as part of the chat page, which has the same origin."""


def _token(bot: User) -> str:
    """Return a token in Discord's format, from which clients read the bot's id."""
    number = base64.urlsafe_b64encode(str(bot.id).encode()).decode().rstrip("=")
    return f"{number}.sandbox.{secrets.token_urlsafe(24)}"


class Sandbox:
    """A Discord on loopback. Use it as `async with Sandbox() as sandbox`.

    `port` 0 takes a free one; entering raises OSError if it is taken. `shards` is what
    /gateway/bot recommends, `privileged_intents` what the application holds. `deadline` is the
    time (seconds) for an interaction's first answer, `token_lifetime` for the later ones.
    Members and people's acts:

    - `world`, `add_guild`, `add_user`: who and what there is;
    - `say`, `slash`, `autocomplete`, `press`, `select`, `submit_modal`: what people do;
    - `gateway_control` and `faults`: failures; `requests`, `on_exchange`: the traffic.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        limits: Limits | None = None,
        bot_name: str = "Election Night",
        shards: int = 1,
        privileged_intents: Intent = Intent.NONE,
        heartbeat_seconds: float = 41.25,
        deadline: float = 3.0,
        token_lifetime: float = 900.0,
    ) -> None:
        limits = limits or Limits.discord()
        self._port = port
        self.world = World(bot_name)
        self.token = token = _token(self.world.bot)
        self.faults = Faults()
        self.registry = CommandRegistry(self.world)
        self.gateway_control = Gateway(
            self.world,
            token,
            limits=limits,
            faults=self.faults,
            held_intents=privileged_intents,
            heartbeat_seconds=heartbeat_seconds,
        )
        self._interactions = Interactions(
            self.world, deadline=deadline, token_lifetime=token_lifetime
        )
        self._channel_routes = ChannelRoutes(self.world)
        flags = application_flags(privileged_intents)
        account = AccountRoutes(
            self.world, self.gateway_control, self.registry, shards=shards, flags=flags
        )
        self._rest = Rest(
            [
                *account.routes(),
                *self._channel_routes.routes(),
                *ThreadRoutes(self.world).routes(),
                *InteractionRoutes(self._interactions).routes(),
            ],
            token,
            RateLimiter(limits),
            self.faults,
        )
        people = People(self.world, self.gateway_control, self._interactions, self.registry)
        self._page = Page(self.world, people, self.registry, self.gateway_control)
        self.say = people.say
        self.slash = people.slash
        self.autocomplete = people.autocomplete
        self.press = people.press
        self.select = people.select
        self.submit_modal = people.submit_modal
        self.forge = people.forge
        self.add_guild = self.world.add_guild
        self.add_user = self.world.add_user
        self.on_exchange: Callable[[Callable[[Exchange], None]], Callable[[], None]] = (
            self._rest.observe
        )
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MOST_BYTES + _FORM_OVERHEAD)
        app.router.add_get("/gateway/", self.gateway_control.serve)
        app.router.add_get(r"/attachments/{channel_id}/{id:\d+}/{filename}", self._attachment)
        self._page.install(app)
        self._rest.install(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        self.gateway_control.address = f"ws://{HOST}:{self._port}/gateway/"
        self.world.cdn = f"http://{HOST}:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._page.close()
        await self.gateway_control.shut()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    @property
    def api_base(self) -> str:
        """The address of the REST API, as Discord's clients take it."""
        return f"http://{HOST}:{self._port}{BASE}"

    @property
    def gateway(self) -> str:
        """The address of the gateway."""
        return self.gateway_control.address

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.world.bot

    @property
    def requests(self) -> deque[Exchange]:
        """The newest requests with their answers, oldest first."""
        return self._rest.exchanges

    @property
    def rate_limited(self) -> int:
        """How many requests were answered with 429."""
        return self._rest.rate_limited

    @property
    def invalid_answers(self) -> int:
        """How many answers were 401, 403 or 429; 10,000 in ten minutes ban an address."""
        return self._rest.invalid

    def direct_channel(self, user: User, other: User | None = None) -> Channel:
        """Return the direct channel of `user` with the bot, or with another user."""
        return self.world.direct_channel(other or self.world.bot, user)

    def open_page(
        self,
        controls: NightControls | None,
        people: Sequence[Persona],
        prompts: Sequence[Prompt] = (),
    ) -> str:
        """Open the chat page to be used as one of `people`, and return its address.

        `controls` control the replayed night, None: it shows no control bar. `prompts` are what a
        newcomer can press. Open it before the bot posts, so that every message has its simulated
        time. Raises ValueError without people, for two with one key, and the second time.
        """
        self._page.open(controls, people, prompts)
        return f"http://{HOST}:{self._port}/"

    async def wait_for(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Wait until `condition()` is true; raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - it may be about anything
                await asyncio.sleep(0.005)

    async def _attachment(self, request: web.Request) -> web.Response:
        attachment = self.world.attachments.get(int(request.match_info["id"]))
        if attachment is None or attachment.filename != request.match_info["filename"]:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(
            body=attachment.content,
            headers={"Content-Type": attachment.content_type, **_AS_A_FILE},
        )
