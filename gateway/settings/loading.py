"""Reads settings: file < environment < flags."""

import os
from collections.abc import Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings import TomlConfigSettingsSource as TomlSource

from gateway.errors import CannotStart
from gateway.settings.loaded import DEFAULT_FILE, Loaded
from gateway.settings.mail import Mailbox
from gateway.settings.model import Settings, known_keys, nearest_key
from gateway.settings.values import dotted

_PREFIX = "GATEWAY_"
_DELIMITER = "__"
_FILE_VARIABLE = "GATEWAY_CONFIG"
_SHORT_NAMES = {
    "GATEWAY_DATABASE_URL": "GATEWAY_DATABASE__URL",
    "GATEWAY_DATA_DIR": "GATEWAY_DATABASE__DATA_DIR",
    "GATEWAY_PUBLIC_URL": "GATEWAY_HTTP__PUBLIC_URL",
    "GATEWAY_ADMIN_PASSWORD": "GATEWAY_ADMIN__PASSWORD",
    "GATEWAY_HOST": "GATEWAY_HTTP__HOST",
    "GATEWAY_PORT": "GATEWAY_HTTP__PORT",
}


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Read file, environment and flags; keys are ``section.name``, flags of None are not given.

    Raises:
        CannotStart: an unknown key, a wrong value, or a file that cannot be read.
    """
    variables = os.environ if environment is None else environment  # noqa: TID251 - the one reader
    named = file or (Path(variables[_FILE_VARIABLE]) if variables.get(_FILE_VARIABLE) else None)
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for origin, found in (
        (str(named or DEFAULT_FILE), _from_file(named)),
        ("environment", _from_environment(variables)),
        ("flag", {key: value for key, value in (flags or {}).items() if value is not None}),
    ):
        for key, value in found.items():
            if key != "mailbox" or not isinstance(value, list):
                _must_be_known(key, origin)
            values[key], origins[key] = value, origin
    return Loaded(_validated(values, origins), values, origins, named)


def hand_down(
    loaded: Loaded,
    changes: Mapping[str, str],
    *,
    environment: MutableMapping[str, str] | None = None,
) -> None:
    """Give flags, file and changes to the processes that this one starts: by the environment."""
    variables = os.environ if environment is None else environment  # noqa: TID251 - the one reader
    flags = {key: value for key, value in loaded.given.items() if loaded.origins[key] == "flag"}
    handed = {_variable(key): str(value) for key, value in (flags | dict(changes)).items()}
    for short, long in _SHORT_NAMES.items():
        if long in handed:  # two variables for one key would disagree
            variables.pop(short, None)
    variables.update(handed)
    if loaded.file is not None:
        variables[_FILE_VARIABLE] = str(loaded.file.absolute())


def _from_file(file: Path | None) -> dict[str, object]:
    path = file or DEFAULT_FILE
    if file is not None and not file.is_file():  # the library passes over it
        raise CannotStart(f"cannot read the settings file {path}: no such file")
    try:
        return _flat(TomlSource(Settings, path)())
    except OSError as error:
        raise CannotStart(f"cannot read the settings file {path}: {error.strerror}") from None
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotStart(f"{path} is no TOML file: {error}") from None


def _from_environment(variables: Mapping[str, str]) -> dict[str, object]:
    ours = {
        _SHORT_NAMES.get(name, name): value
        for name, value in variables.items()
        if name.startswith(_PREFIX) and name != _FILE_VARIABLE
    }
    for name in ours:  # the library passes over a section that it does not know
        key = name.removeprefix(_PREFIX).lower().replace(_DELIMITER, ".")
        _must_be_known(key, "environment")
    source = EnvSettingsSource(Settings, env_prefix=_PREFIX, env_nested_delimiter=_DELIMITER)
    source.env_vars = {name.lower(): value for name, value in ours.items()}
    return _flat(source())


def _variable(key: str) -> str:
    return _PREFIX + key.replace(".", _DELIMITER).upper()


def _flat(sections: Mapping[str, object]) -> dict[str, object]:
    """Give the values of a source by key; what stands outside every section is no known key."""
    found: dict[str, object] = {}
    for section, entries in sections.items():
        if isinstance(entries, dict):
            found.update({f"{section}.{name}": value for name, value in dotted(entries).items()})
        else:
            found[section] = entries
    return found


def _must_be_known(key: str, origin: str) -> None:
    if key in known_keys():
        return
    if key.partition(".")[0] == "mailbox":
        raise CannotStart(f"{key} ({origin}): mailboxes stand in the file, each in a [[mailbox]]")
    near = nearest_key(key)
    remedy = "" if near is None else f"; did you mean {near}?"
    raise CannotStart(f"unknown setting {key} ({origin}){remedy}")


def _validated(values: Mapping[str, object], origins: Mapping[str, str]) -> Settings:
    nested: dict[str, Any] = {"mailbox": values.get("mailbox", ())}
    for key, value in values.items():
        section, _, name = key.partition(".")
        if name:
            nested.setdefault(section, {})[name] = value
    try:
        settings = Settings.model_validate(nested)
    except ValidationError as error:
        # The first is enough, and none of them repeats the value: it may be a secret.
        first = error.errors(include_input=False, include_url=False)[0]
        key, origin = _place(first["loc"]), origins.get(_key(first["loc"]), "default")
        raise CannotStart(f"setting {key} ({origin}): {_reason(first)}") from None
    _require_whole(settings, origins)
    return settings


def _require_whole(settings: Settings, origins: Mapping[str, str]) -> None:
    """Insist that what belongs to a mailbox but stands elsewhere is there."""
    names = [box.name for box in settings.mailbox]
    origin = origins.get("mailbox", "default")
    for number, name in enumerate(names, 1):
        if name in names[: number - 1]:
            raise CannotStart(f"setting mailbox[{number}].name ({origin}): another one has it")
    if names and settings.secrets.folder is None:
        raise CannotStart(f"setting mailbox[1].secret ({origin}): secrets.folder is not set")


def _key(place: Sequence[int | str]) -> str:
    return "mailbox" if place[0] == "mailbox" else ".".join(str(part) for part in place[:2])


def _place(place: Sequence[int | str]) -> str:
    """Name a setting as people count: ``mailbox[1].address[2].partner``."""
    if place[0] != "mailbox":
        return _key(place)
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place[1:]]
    return "mailbox" + "".join(parts)


def _reason(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return str(error["msg"])
    near = get_close_matches(str(error["loc"][-1]), [*Mailbox.model_fields, "address"], n=1)
    return "unknown key" + (f"; did you mean {near[0]}?" if near else "")
