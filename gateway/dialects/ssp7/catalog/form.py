"""What only requests of the catalog hold: GUIDs in braces, and values that nil clears."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from gateway.dialects.ssp7.form import Form, guid_of
from gateway.errors import Missing

LONG_TEXT = 4_000
VALUE = 32_000
PERSON = 100


class CatalogForm(Form):
    """The values of one request of the catalog."""

    def guid(self, key: str) -> UUID:
        """Read a GUID that must be there; braces round it are allowed (contract 3.2).

        Raises:
            Missing, BrokenRule: it is blank, or no GUID.
        """
        value = self.required_identifier(key)
        bare = value[1:-1] if value.startswith("{") and value.endswith("}") else value
        return guid_of(bare, key)

    def time_or_nil(self, key: str) -> datetime | None:
        """Read a time; only nil is none.

        Raises:
            Missing: a .NET date that was never set: it must not clear what is there.
            BrokenRule: it is out of range.
        """
        found = self.moment(key)
        if found is None and self.value(key) is not None:
            raise Missing(field=key)
        return found

    def decimal(self, key: str) -> Decimal | None:
        """Read a number as it was sent, digit for digit; only nil is none."""
        found: Decimal | None = self.value(key)
        return found
