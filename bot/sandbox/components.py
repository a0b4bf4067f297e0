"""What Discord accepts as buttons, menus, modals and layouts, and how it gives them back.

Source: Discord's documentation, "Component Reference".
"""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.errors import FormProblems

JSON = dict[str, Any]
Path = tuple[str | int, ...]

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = (
    9,
    10,
    11,
    12,
    13,
    14,
    17,
    18,
)
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
LINK, PREMIUM = 5, 6
MOST_ROWS = 5
MOST_IN_ROW = 5
MOST_IN_LAYOUT = 40
MOST_TEXT_IN_LAYOUT = 4_000
_TOP_LEVEL = frozenset({ACTION_ROW})
_TOP_LEVEL_OF_LAYOUT = frozenset(
    {ACTION_ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER}
)


def walk(components: list[JSON]) -> Iterator[JSON]:
    """Yield every component, depth first."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def find(components: list[JSON], custom_id: str) -> JSON | None:
    """Return the component with this `custom_id`."""
    return next((each for each in walk(components) if each.get("custom_id") == custom_id), None)


def texts(components: list[JSON]) -> str:
    """Return all text that a layout displays."""
    return "\n".join(
        each.get("content", "") for each in walk(components) if each["type"] == TEXT_DISPLAY
    )


def check(components: object, problems: FormProblems, *, layout: bool) -> None:
    """Note in `problems` what is wrong with a message's components (`layout`: components v2)."""
    if not isinstance(components, list):
        problems.add(("components",), "LIST_TYPE_CONVERT", "Only iterables may be used")
        return
    if not layout:
        problems.length(("components",), components, 0, MOST_ROWS)
    allowed = _TOP_LEVEL_OF_LAYOUT if layout else _TOP_LEVEL
    for index, component in enumerate(components):
        path: Path = ("components", index)
        if not isinstance(component, dict) or component.get("type") not in allowed:
            problems.add(
                (*path, "type"),
                "BASE_TYPE_CHOICES",
                f"Value must be one of {sorted(allowed)}.",
            )
            return
        _check(component, path, problems)
    _check_whole(components, problems, layout=layout)


def _check_whole(components: list[JSON], problems: FormProblems, *, layout: bool) -> None:
    everything = list(walk(components))
    ids = [each["custom_id"] for each in everything if each.get("custom_id")]
    if len(ids) != len(set(ids)):
        problems.add(
            ("components",),
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        )
    if layout and len(everything) > MOST_IN_LAYOUT:
        problems.add(
            ("components",),
            "BASE_TYPE_BAD_LENGTH",
            f"Must be between 1 and {MOST_IN_LAYOUT} in length.",
        )
    if layout and len(texts(components)) > MOST_TEXT_IN_LAYOUT:
        problems.add(
            ("components",),
            "TOTAL_TEXT_LENGTH_EXCEEDED",
            f"The text of all components exceeds {MOST_TEXT_IN_LAYOUT} characters.",
        )


def _check(component: JSON, path: Path, problems: FormProblems) -> None:
    kind = component.get("type")
    if kind == ACTION_ROW:
        _check_row(component, path, problems)
    elif kind == BUTTON:
        _check_button(component, path, problems)
    elif kind in SELECTS:
        _check_select(component, path, problems)
    elif kind == TEXT_DISPLAY:
        problems.length((*path, "content"), component.get("content"), 1, MOST_TEXT_IN_LAYOUT)
    elif kind in (SECTION, CONTAINER):
        for index, child in enumerate(component.get("components") or []):
            _check(child, (*path, "components", index), problems)
        if kind == SECTION:
            _check(component.get("accessory") or {}, (*path, "accessory"), problems)
    elif kind not in (THUMBNAIL, GALLERY, FILE, SEPARATOR):
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Unknown component type.")


def _check_row(row: JSON, path: Path, problems: FormProblems) -> None:
    children = row.get("components")
    problems.length((*path, "components"), children, 1, MOST_IN_ROW)
    children = children if isinstance(children, list) else []
    for index, child in enumerate(children):
        inner = (*path, "components", index)
        if child.get("type") not in {BUTTON, *SELECTS}:
            problems.add((*inner, "type"), "BASE_TYPE_CHOICES", "Value must be a button or a menu.")
        else:
            _check(child, inner, problems)
    if len(children) > 1 and any(child.get("type") in SELECTS for child in children):
        problems.add(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The components' width exceeds the row's: a menu stands alone.",
        )


def _check_button(button: JSON, path: Path, problems: FormProblems) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        problems.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of 1 to 6.")
    if style == LINK:
        problems.length((*path, "url"), button.get("url"), 1, 512)
    elif style != PREMIUM:
        problems.length((*path, "custom_id"), button.get("custom_id"), 1, 100)
    if style == LINK and button.get("custom_id"):
        problems.add(
            path,
            "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
            "A custom id and url cannot both be specified",
        )
    if button.get("label") is not None:
        problems.length((*path, "label"), button["label"], 0, 80)
    if not button.get("label") and not button.get("emoji") and style != PREMIUM:
        problems.add(
            path,
            "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL",
            "A button needs a label or an emoji.",
        )


def _check_select(select: JSON, path: Path, problems: FormProblems) -> None:
    problems.length((*path, "custom_id"), select.get("custom_id"), 1, 100)
    if select.get("placeholder") is not None:
        problems.length((*path, "placeholder"), select["placeholder"], 0, 150)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not (0 <= least <= 25 and 1 <= most <= 25 and least <= most):
        problems.add(
            (*path, "max_values"), "BASE_TYPE_BAD_RANGE", "Must be between 1 and 25, and ordered."
        )
    if select["type"] != STRING_SELECT:
        return
    options = select.get("options")
    problems.length((*path, "options"), options, 1, 25)
    options = options if isinstance(options, list) else []
    for index, option in enumerate(options):
        inner = (*path, "options", index)
        problems.length((*inner, "label"), option.get("label"), 1, 100)
        problems.length((*inner, "value"), option.get("value"), 1, 100)
        if option.get("description") is not None:
            problems.length((*inner, "description"), option["description"], 0, 100)
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        problems.add(
            (*path, "options"),
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
            "The specified option value is already used",
        )
    if most > max(len(options), 1):
        problems.add(
            (*path, "max_values"),
            "BASE_TYPE_MAX",
            "Must not be more than there are options.",
        )


def check_modal(modal: JSON, problems: FormProblems) -> None:
    """Note in `problems` what is wrong with a modal."""
    path: Path = ("data",)
    problems.length((*path, "custom_id"), modal.get("custom_id"), 1, 100)
    problems.length((*path, "title"), modal.get("title"), 1, 45)
    rows = modal.get("components")
    problems.length((*path, "components"), rows, 1, MOST_ROWS)
    rows = rows if isinstance(rows, list) else []
    for index, row in enumerate(rows):
        inner = (*path, "components", index)
        if row.get("type") not in (ACTION_ROW, LABEL, TEXT_DISPLAY):
            problems.add((*inner, "type"), "BASE_TYPE_CHOICES", "Value must be one of 1, 10, 18.")
    for each in walk(rows):
        if each.get("type") == TEXT_INPUT:
            _check_text_input(each, path, problems)
        elif each.get("type") in SELECTS:
            _check_select(each, path, problems)


def _check_text_input(text: JSON, path: Path, problems: FormProblems) -> None:
    problems.length((*path, "custom_id"), text.get("custom_id"), 1, 100)
    if text.get("label") is not None:
        problems.length((*path, "label"), text["label"], 1, 45)
    for key, most in (("placeholder", 100), ("value", 4_000)):
        if text.get(key) is not None:
            problems.length((*path, key), text[key], 0, most)
    if text.get("style") not in (1, 2):
        problems.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of 1, 2.")


_DEFAULTS: dict[int, JSON] = {
    CONTAINER: {"accent_color": None, "spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True},
    STRING_SELECT: {"min_values": 1, "max_values": 1},
    USER_SELECT: {"min_values": 1, "max_values": 1},
    ROLE_SELECT: {"min_values": 1, "max_values": 1},
    MENTIONABLE_SELECT: {"min_values": 1, "max_values": 1},
    CHANNEL_SELECT: {"min_values": 1, "max_values": 1},
}


def shown(components: list[JSON]) -> list[JSON]:
    """Return checked components as Discord gives them back: numbered, with their defaults."""
    result = [_shown(component) for component in components]
    for number, component in enumerate(walk(result), start=1):
        component.setdefault("id", number)
    return result


def _shown(component: JSON) -> JSON:
    given = {key: value for key, value in component.items() if value is not None}
    result = _DEFAULTS.get(component["type"], {}) | given
    if "components" in result:
        result["components"] = [_shown(child) for child in result["components"]]
    if "accessory" in result:
        result["accessory"] = _shown(result["accessory"])
    return result
