"""Settings as they were loaded, and where each value came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from gateway.settings.mail import MailAddress, Mailbox
from gateway.settings.model import Settings, fields

DEFAULT_FILE = Path("gateway.toml")


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as an operator sees it; the value of a secret is never in it."""

    key: str
    value: str
    origin: str  # where the value came from
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and where each value that is not a default came from."""

    settings: Settings
    given: Mapping[str, object]
    origins: Mapping[str, str]
    file: Path | None  # the one that was named; None: gateway.toml, if there is one

    def explain(self) -> list[Explained]:
        """Explain every setting in the order of the file."""
        return [
            Explained(
                key=key,
                value=_shown(getattr(getattr(self.settings, section), name)),
                origin=self.origins.get(key, "default"),
                default=_shown(field.default),
                meaning=field.description or "",
            )
            for key, section, name, field in fields()
        ] + [self._explained(name, field) for name, field in Mailbox.model_fields.items()]

    def _explained(self, name: str, field: Any) -> Explained:
        """Explain a key of the mailboxes: the values of all of them."""
        boxes = self.settings.mailbox
        return Explained(
            key=f"mailbox.{name}",
            value="; ".join(f"{box.name}: {_shown(getattr(box, name))}" for box in boxes),
            origin=self.origins.get("mailbox", "default"),
            default="" if field.is_required() else _shown(field.default),
            meaning=field.description or "",
        )

    def secrets_in_file(self) -> list[str]:
        """List the secrets that stand in the settings file, where backups and people see them."""
        return [
            key
            for key, section, name, _ in fields()
            if isinstance(getattr(getattr(self.settings, section), name), SecretStr)
            and self.origins.get(key) == str(self.file or DEFAULT_FILE)
        ]


def _shown(value: object) -> str:
    match value:
        case SecretStr():
            return "set" if value.get_secret_value() else ""
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(
                each.address if isinstance(each, MailAddress) else str(each) for each in value
            )
        case None:
            return ""
        case _:
            return str(value)
