"""All settings in one, and their keys."""

from difflib import get_close_matches
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from gateway.settings.dialects import Acmp, Ssp7Catalog, Ssp7Workflow, TicketsRest, Znuny
from gateway.settings.mail import Mail, Mailbox
from gateway.settings.server import (
    Admin,
    Console,
    Database,
    Delivery,
    Http,
    JsonBody,
    Log,
    Login,
    Recording,
    Secrets,
    Worker,
    Xml,
)


class Settings(BaseSettings):
    """All settings of a process; made without ``load``, they are the defaults."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=True)

    database: Database = Database()
    http: Http = Http()
    xml: Xml = Xml()
    json_body: JsonBody = JsonBody()
    login: Login = Login()
    acmp: Acmp = Acmp()
    ssp7_workflow: Ssp7Workflow = Ssp7Workflow()
    ssp7_catalog: Ssp7Catalog = Ssp7Catalog()
    znuny: Znuny = Znuny()
    tickets_rest: TicketsRest = TicketsRest()
    recording: Recording = Recording()
    worker: Worker = Worker()
    delivery: Delivery = Delivery()
    secrets: Secrets = Secrets()
    console: Console = Console()
    mail: Mail = Mail()
    mailbox: tuple[Mailbox, ...] = ()
    log: Log = Log()
    admin: Admin = Admin()

    @classmethod
    def settings_customise_sources(  # type: ignore[override] # the library names them all
        cls, _: type[BaseSettings], init_settings: Source, **_others: Source
    ) -> tuple[Source, ...]:
        """Leave file and environment to ``load``, which can tell where a value came from."""
        return (init_settings,)

    @property
    def public_url(self) -> str:
        """The address callers use, without a slash at its end."""
        if self.http.public_url:
            return self.http.public_url
        host = f"[{self.http.host}]" if ":" in self.http.host else self.http.host
        return f"http://{host}:{self.http.port}"


def known_keys() -> list[str]:
    """List every key."""
    return [key for key, *_ in fields()]


def nearest_key(key: str) -> str | None:
    """Find the known key that somebody may have meant."""
    keys = [*known_keys(), *(f"mailbox.{name}" for name in Mailbox.model_fields)]
    near = get_close_matches(key, keys, n=1, cutoff=0.5)
    if near:
        return near[0]
    # The right name in a wrong section, or in none.
    name = key.rpartition(".")[2]
    by_name = {known.rpartition(".")[2]: known for known in reversed(keys)}
    near = get_close_matches(name, by_name, n=1, cutoff=0.6)
    return by_name[near[0]] if near else None


def fields() -> list[tuple[str, str, str, Any]]:
    """Give the settings of the sections; those of mailboxes stand in tables of their own."""
    return [
        (f"{section}.{field.alias or name}", section, name, field)
        for section, model in Settings.model_fields.items()
        if section != "mailbox"
        for name, field in model.default.__class__.model_fields.items()
    ]
