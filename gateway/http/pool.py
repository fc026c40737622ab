"""The thread pool behind the door: bounded places, bounded waiting, few large bodies at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from gateway.errors import TryLater
from gateway.http.limits import Limits

T = TypeVar("T")


class Pool:
    """Runs work in threads; every method is called in the event loop."""

    def __init__(self, limits: Limits, name: str) -> None:
        self._limits = limits
        self._executor = ThreadPoolExecutor(limits.threads, thread_name_prefix=name)
        self._places = asyncio.Semaphore(limits.threads)
        self._large = asyncio.Semaphore(limits.large_bodies)
        self.in_use = 0
        self.waiting = 0

    async def submit(self, work: Callable[[], T], size_bytes: int = 0) -> asyncio.Future[T]:
        """Start work on a body of this size as soon as there is a place.

        The place is taken until the work ends, whether or not anybody still waits for it.

        Raises:
            TryLater: too many wait already, or no place came free in time.
        """
        places = [self._places]
        if size_bytes > self._limits.large_body_bytes:
            places.insert(0, self._large)
        await self._enter(places)
        self.in_use += 1
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        future.add_done_callback(partial(self._leave, places))
        return future

    async def _enter(self, places: list[asyncio.Semaphore]) -> None:
        if any(place.locked() for place in places):
            await self._wait(places)
            return
        for place in places:  # none is locked, so this never gives up the event loop
            await place.acquire()

    async def _wait(self, places: list[asyncio.Semaphore]) -> None:
        if self.waiting >= self._limits.waiting:
            raise TryLater
        self.waiting += 1
        taken: list[asyncio.Semaphore] = []
        try:
            async with asyncio.timeout(self._limits.pool_wait_s):
                for place in places:
                    await place.acquire()
                    taken.append(place)
        except TimeoutError:
            for place in taken:
                place.release()
            raise TryLater from None
        finally:
            self.waiting -= 1

    def _leave(self, places: list[asyncio.Semaphore], ended: asyncio.Future[T]) -> None:
        self.in_use -= 1
        for place in places:
            place.release()
        ended.exception()  # seen here too, in case nobody waits for the work any more

    def close(self) -> None:
        """Take no more work; what runs runs to its end."""
        self._executor.shutdown(wait=False)
