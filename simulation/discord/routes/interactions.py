"""The bot's answers to interactions: the callback, and the webhook that goes with its token."""

from simulation.discord import payloads
from simulation.discord.errors import JSON
from simulation.discord.interactions import Answer, Interaction, Interactions
from simulation.discord.rest import NO_CONTENT, Answered, Call, Route
from simulation.discord.world import Message

_WEBHOOK = "/webhooks/{application_id}/{token}"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"


class InteractionRoutes:
    """Serves /interactions and the webhooks of interaction tokens."""

    def __init__(self, interactions: Interactions) -> None:
        self._interactions = interactions

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(
                "POST",
                "/interactions/{interaction_id}/{token}/callback",
                self._respond,
                with_token=True,
            ),
            Route("POST", _WEBHOOK, self._follow_up, "webhook", with_token=True),
            Route("GET", _MESSAGE, self._get, "webhook", with_token=True),
            Route("PATCH", _MESSAGE, self._edit, "webhook", with_token=True),
            Route("DELETE", _MESSAGE, self._delete, "webhook", with_token=True),
        ]

    def _respond(self, call: Call) -> Answered:
        interaction = self._interactions.respond(
            call.snowflake("interaction_id"), call.params["token"], call.body
        )
        if call.query.get("with_response", "").lower() not in ("true", "1"):
            return NO_CONTENT
        return Answered(self._callback(interaction))

    def _callback(self, interaction: Interaction) -> JSON:
        about: JSON = {"id": str(interaction.id), "type": int(interaction.kind)}
        shown = interaction.original
        if shown is None:
            return {"interaction": about}
        about |= {
            "response_message_id": str(shown.id),
            "response_message_loading": shown.loading,
            "response_message_ephemeral": shown.ephemeral,
            "channel_id": str(shown.channel.id),
        }
        if interaction.answer in (Answer.DEFERRED_MESSAGE, Answer.DEFERRED_UPDATE):
            return {"interaction": about}
        message = payloads.message(shown)
        return {
            "interaction": about,
            "resource": {"type": int(interaction.answer or 0), "message": message},
        }

    def _interaction(self, call: Call) -> Interaction:
        return self._interactions.by_webhook(call.snowflake("application_id"), call.params["token"])

    def _message(self, call: Call) -> Message:
        return self._interactions.message(self._interaction(call), call.params["message_id"])

    def _follow_up(self, call: Call) -> Answered:
        message = self._interactions.follow_up(self._interaction(call), call.body)
        return Answered(payloads.message(message))

    def _get(self, call: Call) -> Answered:
        return Answered(payloads.message(self._message(call)))

    def _edit(self, call: Call) -> Answered:
        interaction, message = self._interaction(call), self._message(call)
        return Answered(payloads.message(self._interactions.edit(interaction, message, call.body)))

    def _delete(self, call: Call) -> Answered:
        self._interactions.delete(self._interaction(call), self._message(call))
        return NO_CONTENT
