"""The judge itself: it finds what it is there to find."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulation.discord import Exchange, Sandbox
from tests.support.openapi import ExchangeChecker


@pytest.fixture
def checker(openapi_checked_sandbox: Sandbox) -> ExchangeChecker:
    return ExchangeChecker(Path(os.environ["DISCORD_OPENAPI"]))


def exchange(**changes: Any) -> Exchange:
    typing = Exchange(
        method="POST",
        route="/channels/{channel_id}/typing",
        path="/channels/1/typing",
        query={},
        request=None,
        files=0,
        status=204,
        response=None,
        at=datetime.now(UTC),
        seconds=0.0,
    )
    return replace(typing, **changes)


def sent(message: dict[str, Any]) -> Exchange:
    return exchange(route="/webhooks/{application_id}/{token}", request=message, status=204)


FIELD = {"name": "Seats", "value": "29"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (exchange(route="/nowhere"), "route that Discord does not have"),
        (exchange(request={}), "takes none"),
        (exchange(status=201), "status that Discord does not use"),
        (exchange(response={}), "sends none"),
        (exchange(status=400, response={"code": 1}), "without a message"),
        (exchange(method="GET", route="/gateway", status=200, response={}), "url"),
        (sent({"content": "x", "colour": 1}), "colour"),
        (sent({"content": "x" * 2_001}), "2,000"),
        (sent({"embeds": [{"description": "x" * 4_000}] * 2}), "6,000"),
        (sent({"embeds": [{"fields": [FIELD | {"name": " "}]}]}), "empty field"),
        (
            sent({"components": [{"type": 1, "components": [{"custom_id": "a"}] * 2}]}),
            "custom_id twice",
        ),
    ],
)
def test_what_is_wrong_is_found(checker: ExchangeChecker, wrong: Exchange, says: str) -> None:
    checker(wrong)
    assert any(says in violation for violation in checker.violations), checker.violations


def test_what_is_right_is_not_blamed(checker: ExchangeChecker) -> None:
    checker(exchange())
    checker(sent({"content": "x"}))
    checker(exchange(status=404, response={"message": "404: Not Found", "code": 0}))
    assert checker.violations == []
    assert checker.checked == 3
