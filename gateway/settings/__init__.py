"""Every setting: key, type with unit, default and meaning; file < environment < flags."""

from gateway.settings.dialects import Acmp, Ssp7Catalog, Ssp7Workflow
from gateway.settings.loaded import Explained, Loaded
from gateway.settings.loading import hand_down, load
from gateway.settings.mail import Mailbox, MailRules
from gateway.settings.model import Settings, known_keys, nearest_key
from gateway.settings.schema import json_schema
from gateway.settings.server import Database, Http

__all__ = [
    "Acmp",
    "Database",
    "Explained",
    "Http",
    "Loaded",
    "MailRules",
    "Mailbox",
    "Settings",
    "Ssp7Catalog",
    "Ssp7Workflow",
    "hand_down",
    "json_schema",
    "known_keys",
    "load",
    "nearest_key",
]
