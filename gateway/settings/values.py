"""What values of settings look like: lists, numbers with a unit, zones, addresses, keys."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

MIB = 1024 * 1024


def _split(value: object) -> object:
    """Read a list from the environment: texts between commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (LookupError, OSError, ValueError):
        raise ValueError("no such time zone; write it like Europe/Berlin") from None
    return value


def _web_address(value: str) -> str:
    if value and re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value) is None:
        raise ValueError("no web address; write it like https://gateway.example.com")
    return value.rstrip("/")


def dotted(entries: Mapping[str, object]) -> dict[str, object]:
    """Name what stands in a table of its own within a section, like external_reference.mode."""
    found: dict[str, object] = {}
    for name, value in entries.items():
        if isinstance(value, dict):
            found.update({f"{name}.{inner}": each for inner, each in value.items()})
        else:
            found[name] = value
    return found


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError("no network; write it like 10.20.0.0/16 or 127.0.0.1/32") from None


def different(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Insist that no code stands twice."""
    if len({code.casefold() for code in codes}) != len(codes):
        raise ValueError("one of them stands there twice")
    return codes


_SHORTEST_KEY = 16


def readable_hash_keys(keys: SecretStr) -> SecretStr:
    """Insist on keys that can be told apart and not be guessed; the message repeats none."""
    ids = set()
    for pair in filter(None, (each.strip() for each in keys.get_secret_value().split(","))):
        name, _, secret = pair.partition(":")
        if re.fullmatch("[A-Za-z0-9_-]{1,20}", name) is None or len(secret) < _SHORTEST_KEY:
            raise ValueError(
                f"write ID:SECRET between commas; a secret has {_SHORTEST_KEY} characters or more"
            )
        if name in ids:
            raise ValueError("two keys have the same id")
        ids.add(name)
    return keys


SPLIT = (NoDecode, BeforeValidator(_split))
Texts = Annotated[tuple[str, ...], *SPLIT]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], *SPLIT]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Url = Annotated[str, AfterValidator(_web_address)]
Namespace = Annotated[
    str, Field(min_length=3, max_length=200, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")
]
Mode = Literal["full", "errors", "metadata"]


class Section(BaseModel):
    """A table of the settings file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
