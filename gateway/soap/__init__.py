"""The SOAP engine over Spyne: Spyne publishes, this room moves the bytes."""

from gateway.soap import compat as compat  # first: repairs Spyne on Python 3.12 and 3.13
