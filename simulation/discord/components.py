"""What Discord accepts as buttons, menus and modals, and how it gives them back.

Source: Discord's documentation, "Component Reference".
"""

from collections.abc import Callable, Iterator, Set

from simulation.discord.errors import JSON, FormProblems, Path

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
LABEL = 18
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
_CHOSEN_FROM = {
    USER_SELECT: frozenset({"user"}),
    ROLE_SELECT: frozenset({"role"}),
    MENTIONABLE_SELECT: frozenset({"user", "role"}),
    CHANNEL_SELECT: frozenset({"channel"}),
}
LINK, PREMIUM = 5, 6
MOST_ROWS = 5
MOST_IN_ROW = 5
_MOST_ID = (1 << 31) - 1
_IN_ROW = SELECTS | {BUTTON}


def walk(components: object) -> Iterator[JSON]:
    """Yield every component, depth first; what is no component is passed over."""
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, dict):
            continue
        yield component
        yield from walk(component.get("components"))
        yield from walk([component.get("component")])


def find(components: list[JSON], custom_id: str) -> JSON | None:
    """Return the component with this `custom_id`."""
    return next((each for each in walk(components) if each.get("custom_id") == custom_id), None)


def check(components: object, problems: FormProblems) -> None:
    """Note in `problems` what is wrong with a message's components."""
    path: Path = ("components",)
    for index, component in problems.objects(path, components, 0, MOST_ROWS):
        _check_one_of({ACTION_ROW}, component, (*path, index), problems)
    _check_ids(list(walk(components)), problems)


def _check_ids(everything: list[JSON], problems: FormProblems) -> None:
    ids = [str(each["custom_id"]) for each in everything if each.get("custom_id")]
    if len(ids) != len(set(ids)):
        problems.add(
            ("components",),
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        )
    for each in everything:
        if each.get("id") is not None:
            problems.number(("components", "id"), each["id"], 0, _MOST_ID)


def _check_one_of(allowed: Set[int], component: JSON, path: Path, problems: FormProblems) -> None:
    kind = component.get("type")
    if isinstance(kind, int) and kind in allowed:
        _CHECKS[kind](component, path, problems)
    else:
        problems.add(
            (*path, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(allowed)}."
        )


def _check_row(row: JSON, path: Path, problems: FormProblems) -> None:
    inner = (*path, "components")
    children = problems.objects(inner, row.get("components"), 1, MOST_IN_ROW)
    for index, child in children:
        _check_one_of(_IN_ROW, child, (*inner, index), problems)
    if len(children) > 1 and any(child.get("type") != BUTTON for _, child in children):
        problems.add(
            inner,
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The components' width exceeds the row's: a menu stands alone.",
        )


def _check_button(button: JSON, path: Path, problems: FormProblems) -> None:
    style = problems.number((*path, "style"), button.get("style"), 1, 6)
    if style == LINK:
        problems.text((*path, "url"), button.get("url"), 1, 512)
    elif style != PREMIUM:
        problems.text((*path, "custom_id"), button.get("custom_id"), 1, 100)
    if style == LINK and button.get("custom_id"):
        problems.add(
            path,
            "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
            "A custom id and url cannot both be specified",
        )
    if button.get("label") is not None:
        problems.text((*path, "label"), button["label"], 0, 80)
    if not button.get("label") and not button.get("emoji") and style != PREMIUM:
        problems.add(
            path,
            "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL",
            "A button needs a label or an emoji.",
        )


def _check_select(select: JSON, path: Path, problems: FormProblems) -> None:
    problems.text((*path, "custom_id"), select.get("custom_id"), 1, 100)
    if select.get("placeholder") is not None:
        problems.text((*path, "placeholder"), select["placeholder"], 0, 150)
    least, most = (
        1 if select.get(key) is None else problems.number((*path, key), select[key], bottom, 25)
        for key, bottom in (("min_values", 0), ("max_values", 1))
    )
    if least > most:
        problems.add((*path, "min_values"), "BASE_TYPE_MAX", "Must not be more than max_values.")
    if select["type"] == STRING_SELECT:
        _check_select_options(select, most, path, problems)
    else:
        _check_default_values(select, least, most, path, problems)


def _check_default_values(
    select: JSON, least: int, most: int, path: Path, problems: FormProblems
) -> None:
    if not select.get("default_values"):
        return
    inner = (*path, "default_values")
    for index, value in problems.objects(inner, select["default_values"], least, most):
        if value.get("type") not in _CHOSEN_FROM[select["type"]]:
            problems.add(
                (*inner, index, "type"),
                "BASE_TYPE_CHOICES",
                f"Value must be one of {sorted(_CHOSEN_FROM[select['type']])}.",
            )
        if not str(value.get("id", "")).isdecimal():
            problems.add((*inner, index, "id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")


def _check_select_options(select: JSON, most: int, path: Path, problems: FormProblems) -> None:
    inner = (*path, "options")
    options = problems.objects(inner, select.get("options"), 1, 25)
    for index, option in options:
        problems.text((*inner, index, "label"), option.get("label"), 1, 100)
        problems.text((*inner, index, "value"), option.get("value"), 1, 100)
        if option.get("description") is not None:
            problems.text((*inner, index, "description"), option["description"], 0, 100)
    if sum(option.get("default") is True for _, option in options) > most:
        problems.add(
            inner,
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
            "Must not have more default options than can be chosen.",
        )
    values = [str(option.get("value")) for _, option in options]
    if len(set(values)) != len(values):
        problems.add(
            inner,
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
            "The specified option value is already used",
        )
    if most > max(len(options), 1):
        problems.add(
            (*path, "max_values"), "BASE_TYPE_MAX", "Must not be more than there are options."
        )


def check_modal(modal: JSON, problems: FormProblems) -> None:
    """Note in `problems` what is wrong with a modal."""
    path: Path = ("data",)
    problems.text((*path, "custom_id"), modal.get("custom_id"), 1, 100)
    problems.text((*path, "title"), modal.get("title"), 1, 45)
    inner = (*path, "components")
    for index, row in problems.objects(inner, modal.get("components"), 1, MOST_ROWS):
        if row.get("type") == ACTION_ROW:
            _check_modal_row(row, (*inner, index), problems)
        else:
            _check_one_of({LABEL}, row, (*inner, index), problems)


def _check_modal_row(row: JSON, path: Path, problems: FormProblems) -> None:
    inner = (*path, "components")
    for index, child in problems.objects(inner, row.get("components"), 1, 1):
        _check_one_of({TEXT_INPUT}, child, (*inner, index), problems)


def _check_label(label: JSON, path: Path, problems: FormProblems) -> None:
    problems.text((*path, "label"), label.get("label"), 1, 45)
    inner = (*path, "component")
    child = problems.model(inner, label.get("component"))
    _check_one_of(SELECTS | {TEXT_INPUT}, child, inner, problems)


def _check_text_input(text: JSON, path: Path, problems: FormProblems) -> None:
    problems.text((*path, "custom_id"), text.get("custom_id"), 1, 100)
    for key, most in (("label", 45), ("placeholder", 100), ("value", 4_000)):
        if text.get(key) is not None:
            problems.text((*path, key), text[key], 0, most)
    for key in ("min_length", "max_length"):
        if text.get(key) is not None:
            problems.number((*path, key), text[key], 0, 4_000)
    problems.number((*path, "style"), text.get("style"), 1, 2)


_CHECKS: dict[int, Callable[[JSON, Path, FormProblems], None]] = {
    ACTION_ROW: _check_row,
    BUTTON: _check_button,
    **dict.fromkeys(SELECTS, _check_select),
    TEXT_INPUT: _check_text_input,
    LABEL: _check_label,
}


def shown(components: list[JSON]) -> list[JSON]:
    """Return checked components as Discord gives them back: numbered, with their defaults."""
    result = [_shown(component) for component in components]
    for number, component in enumerate(walk(result), start=1):
        component.setdefault("id", number)
    return result


def _shown(component: JSON) -> JSON:
    given = {key: value for key, value in component.items() if value is not None}
    chosen: JSON = {"min_values": 1, "max_values": 1} if component["type"] in SELECTS else {}
    result = chosen | given
    if "default_values" in result:
        result["default_values"] = [
            value | {"id": str(value["id"])} for value in result["default_values"]
        ]
    if "components" in result:
        result["components"] = [_shown(child) for child in result["components"]]
    return result
