"""What Discord accepts as embeds, and how it gives them back.

Source: Discord's documentation, "Message", embed limits.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulation.discord.errors import JSON, FormProblems, Path

MOST_EMBEDS = 10
MOST_CHARACTERS = 6_000
MOST_FIELDS = 25
_TEXTS = {"title": 256, "description": 4_096}
_FIELD_TEXTS = {"name": 256, "value": 1_024}
_PARTS = {"footer": ("text", 2_048), "author": ("name", 256)}
_IMAGES = ("image", "thumbnail")


def check(embeds: object, problems: FormProblems) -> None:
    """Note in `problems` every limit that `embeds`, as sent, breaks."""
    found = problems.objects(("embeds",), embeds, 0, MOST_EMBEDS)
    for index, embed in found:
        _check_embed(embed, ("embeds", index), problems)
    if sum(characters(embed) for _, embed in found) > MOST_CHARACTERS:
        problems.add(
            ("embeds",),
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {MOST_CHARACTERS}",
        )


def characters(embed: JSON) -> int:
    """Return the characters that count towards the 6,000 of a message."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [_part(embed, part).get(key) for part, (key, _) in _PARTS.items()]
    for field in _fields(embed):
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _part(embed: JSON, name: str) -> JSON:
    part = embed.get(name)
    return part if isinstance(part, dict) else {}


def _fields(embed: JSON) -> list[JSON]:
    fields = embed.get("fields")
    return [each for each in fields if isinstance(each, dict)] if isinstance(fields, list) else []


def _check_embed(embed: JSON, path: Path, problems: FormProblems) -> None:
    for key, most in _TEXTS.items():
        if embed.get(key) is not None:
            problems.text((*path, key), embed[key], 0, most)
    for part, (key, most) in _PARTS.items():
        if embed.get(part) is not None:
            problems.text((*path, part, key), _part(embed, part).get(key), 1, most)
    if embed.get("fields") is not None:
        inner = (*path, "fields")
        for index, field in problems.objects(inner, embed["fields"], 0, MOST_FIELDS):
            _check_field(field, (*inner, index), problems)
    for image in _IMAGES:
        if embed.get(image) is not None:
            _check_url((*path, image, "url"), _part(embed, image).get("url"), problems)
    if embed.get("url") is not None:
        _check_url((*path, "url"), embed["url"], problems)
    if embed.get("color") is not None:
        problems.number((*path, "color"), embed["color"], 0, 0xFFFFFF)
    if embed.get("timestamp") is not None:
        _check_time((*path, "timestamp"), embed["timestamp"], problems)
    if not any(embed.get(key) for key in (*_TEXTS, *_PARTS, *_IMAGES, "fields")):
        problems.add((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")


def _check_field(field: JSON, path: Path, problems: FormProblems) -> None:
    for key, most in _FIELD_TEXTS.items():
        text = field.get(key)
        blank = isinstance(text, str) and text != "" and not text.strip()
        problems.text((*path, key), None if blank else text, 1, most)


def _check_url(path: Path, url: object, problems: FormProblems) -> None:
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "attachment://")):
        problems.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _check_time(path: Path, value: object, problems: FormProblems) -> None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        problems.add(path, "DATE_TIME_TYPE_PARSE", "Could not parse the timestamp.")


def shown(embeds: list[JSON], resolve: Callable[[str], JSON]) -> list[JSON]:
    """Return checked embeds as Discord gives them back.

    `resolve` turns an image's address (of the web or `attachment://name`) into its JSON.
    """
    return [_shown(embed, resolve) for embed in embeds]


def _shown(embed: Mapping[str, Any], resolve: Callable[[str], JSON]) -> JSON:
    result: JSON = {"type": "rich"}
    for key in ("title", "description", "url", "color", "timestamp"):
        if embed.get(key) is not None:
            result[key] = embed[key]
    for key in _PARTS:
        if embed.get(key):
            result[key] = {name: value for name, value in embed[key].items() if value is not None}
    for key in _IMAGES:
        if embed.get(key):
            result[key] = resolve(embed[key]["url"])
    if embed.get("fields"):
        result["fields"] = [
            {
                "name": field["name"].strip(),
                "value": field["value"].strip(),
                "inline": bool(field.get("inline", False)),
            }
            for field in embed["fields"]
        ]
    return result


def attachment_names(embeds: list[JSON]) -> set[str]:
    """Return the names of the uploaded files that embeds show as their images."""
    urls = [_part(embed, image).get("url") for embed in embeds for image in _IMAGES]
    scheme = "attachment://"
    return {url.removeprefix(scheme) for url in urls if url and url.startswith(scheme)}
