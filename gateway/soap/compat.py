"""Repairs Spyne 2.14.0 on Python 3.12 and 3.13, in memory and before its first import.

Spyne carries an old ``six`` that Python 3.12 can no longer import, and asks for the module
``cgi`` that Python 3.13 dropped. Nothing on disk is changed.
"""

import importlib.util
import logging
import sys
import types
from email.message import Message

import six

_SIX = "spyne.util.six"
_MOVED = (
    "collections_abc",
    "http_cookies",
    "urllib",
    "urllib.parse",
    "urllib.request",
    "urllib.error",
)


def repair() -> None:
    """Give Spyne what it misses; harmless where nothing is missing, and when called twice."""
    _lend_six()
    _lend_cgi()
    _silence()


def _lend_six() -> None:
    if _SIX in sys.modules:
        return
    # Spyne's own copy has this addition; without it Application() dies.
    six.get_function_name = lambda function: function.__name__
    sys.modules[_SIX] = six
    sys.modules[f"{_SIX}.moves"] = six.moves
    for name in _MOVED:
        sys.modules[f"{_SIX}.moves.{name}"] = importlib.import_module(f"six.moves.{name}")


def _lend_cgi() -> None:
    if "cgi" in sys.modules or importlib.util.find_spec("cgi") is not None:
        return  # it is gone since Python 3.13
    cgi = types.ModuleType("cgi", "The one function of the former module that Spyne calls.")
    cgi.parse_header = parse_header  # type: ignore[attr-defined] # it has nothing yet
    sys.modules["cgi"] = cgi


def _silence() -> None:
    # Stock logs a whole malformed request, password included, at ERROR, and every document at
    # DEBUG. Its wire code serves no request, but an oracle or a debugging session may run it.
    logging.getLogger("spyne").setLevel(logging.WARNING)
    for version in ("soap11", "soap12"):
        logging.getLogger(f"spyne.protocol.soap.{version}.invalid").disabled = True


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Split a Content-Type line into its value and its parameters, as ``cgi`` once did."""
    message = Message()
    message["content-type"] = line
    (value, _), *parameters = message.get_params(failobj=[("", "")])
    return value, {name.lower(): text for name, text in parameters}


repair()
