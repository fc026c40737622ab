"""A message log in memory."""

import threading
import time
from itertools import count

from gateway.errors import StorageAway


class InMemoryMessages:
    """``ports.MessageLog``: ``opened`` and ``closed`` by number; ``away`` makes it fail."""

    def __init__(self):
        self.opened = {}
        self.closed = {}
        self.away = False
        self.away_at_close = False
        self._numbers = count(1)
        self._lock = threading.Lock()

    def open(self, message):
        if self.away:
            raise StorageAway
        with self._lock:
            number = next(self._numbers)
            self.opened[number] = message
        return number

    def close(self, message):
        if self.away or self.away_at_close:
            raise StorageAway
        with self._lock:
            self.closed[message.number] = message

    def row(self, correlation_id, wait_s=3.0):
        """Give the closed row of an exchange; rows of refusals are written beside the answer."""
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            for number, opened in list(self.opened.items()):
                if opened.correlation_id == correlation_id and number in self.closed:
                    return opened, self.closed[number]
            threading.Event().wait(0.005)
        raise AssertionError(f"no closed row of {correlation_id}")
