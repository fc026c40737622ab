"""Named secrets of outgoing calls and mail: one file each in a folder, read anew at every use."""

import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_BYTES = 64 * 1024


class SecretMissing(Exception):
    """A secret cannot be had; the sentence names it and the remedy, never what is in a file."""


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """The secrets of one folder; a file's name is the secret's, so rotation needs no restart."""

    folder: Path | None

    def read(self, name: str) -> str:
        """Give a secret, without the line end that editors leave behind it.

        Raises:
            SecretMissing: no folder is set, the name is no file name, or the file is not there,
                empty, too long or no UTF-8 text.
        """
        if self.folder is None:
            raise SecretMissing(f"secret {name!r}: the setting secrets.folder is not set")
        # A name is never a path: nobody who edits a target may read other files of the machine.
        if _NAME.fullmatch(name) is None:
            raise SecretMissing(f"secret {name[:100]!r}: no name of a file in secrets.folder")
        return self._content(name, self.folder / name)

    def _content(self, name: str, file: Path) -> str:
        try:
            with file.open("rb") as opened:
                content = opened.read(_MOST_BYTES + 1)
            if len(content) > _MOST_BYTES:
                raise SecretMissing(f"secret {name!r}: larger than {_MOST_BYTES} bytes")
            secret = content.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise SecretMissing(f"secret {name!r}: its file is no UTF-8 text") from None
        except OSError as error:
            where = "no readable file in secrets.folder"
            if not file.parent.is_dir():
                where = "secrets.folder names no folder"
            raise SecretMissing(f"secret {name!r}: {where} ({error.strerror})") from None
        if not secret:
            raise SecretMissing(f"secret {name!r}: its file is empty")
        return secret
