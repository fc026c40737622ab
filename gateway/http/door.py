"""The door itself: an ASGI application that admits, runs and answers every request."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog

from gateway.clock import monotonic_s, now
from gateway.errors import TryLater
from gateway.http.body import Held, Receive, read_body, read_on
from gateway.http.exchange import Answer, Endpoint, Request
from gateway.http.head import Head, Scope, head_of, refusal_of
from gateway.http.limits import Limits
from gateway.http.metrics import Metrics
from gateway.http.pace import Pace
from gateway.http.peer import Peer, Proxies
from gateway.http.pool import Pool
from gateway.http.recorder import Recorder
from gateway.http.redact import redacted_path
from gateway.http.refusals import INTERNAL, TOO_LARGE, Refusal, try_later
from gateway.http.routes import Page, Route, Routes
from gateway.http.work import Work, log_unforeseen

log = structlog.get_logger(__name__)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_NO_TLS = Refusal(
    400, "GW-105", "credentials are taken over https only, or from the gateway's own machine"
)
_CLOSE = (("Connection", "close"),)
_READS = ("GET", "HEAD")
_ON_PAGES = (
    (
        "Content-Security-Policy",
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
)
_ALWAYS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))


class Door:
    """Admits requests, runs them in the pool and answers; knows neither SOAP nor tickets.

    The row of a refusal is written beside its answer, by one thread of its own: neither a storage
    that is away nor a flood of refusals holds up a caller.
    """

    def __init__(
        self,
        routes: Routes,
        recorder: Recorder,
        limits: Limits,
        metrics: Metrics,
        *,
        pace: Pace | None = None,
        proxies: Proxies | None = None,
        allow_plain_http: bool = False,
        stopped: Callable[[], None] = lambda: None,
    ) -> None:
        self._routes = routes
        self._recorder = recorder
        self._limits = limits
        self._metrics = metrics
        self._pace = pace or Pace()
        self._proxies = proxies or Proxies()
        self._allow_plain_http = allow_plain_http
        self._stopped = stopped
        self._pool = Pool(limits, "pool")
        self._apart = Pool(replace(limits, threads=2), "apart")
        self._held = Held(limits.held_bytes)
        self._rows = ThreadPoolExecutor(1, thread_name_prefix="refusal-rows")
        self._rows_waiting = 0
        self._open = 0
        self._idle = asyncio.Event()
        metrics.watch("gateway_pool_in_use", "Pool places taken.", lambda: self._pool.in_use)
        metrics.watch("gateway_pool_waiting", "Requests waiting.", lambda: self._pool.waiting)
        metrics.watch("gateway_held_bytes", "Bytes of bodies held.", lambda: self._held.bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange, or the lifespan of the process."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            self._open += 1
            try:
                await self._exchange(head_of(scope), receive, send)
            finally:
                self._open -= 1
                self._idle.set()

    async def _exchange(self, head: Head, receive: Receive, send: Send) -> None:
        peer = self._proxies.peer_of(head)
        request = _request(head, peer, now())
        route = self._routes.find(head.path)
        try:
            result = await self._result(head, peer, route, request, receive)
        except Exception as error:  # noqa: BLE001 - the last resort of everything
            log_unforeseen(error, request.correlation_id)
            result = INTERNAL
        if isinstance(result, Refusal):
            self._refused(request, route, result)
            result = route.refusal(result, request.correlation_id)
        await _send(send, _dressed(result, request), without_body=head.method == "HEAD")

    async def _result(
        self, head: Head, peer: Peer, route: Route, request: Request, receive: Receive
    ) -> Answer | Refusal:
        refusal = refusal_of(head, route, self._limits) or self._unsafe(head, route, peer)
        if refusal is not None:
            return await self._turned_away(head, refusal, receive)
        if route.endpoint is not None and route.takes(head.method):
            return await self._posted(head, route.endpoint, request, receive)
        if route.page is not None:
            return await self._shown(
                self._apart if route.apart else self._pool, route.page, request
            )
        return INTERNAL  # refusal_of lets only the route's methods pass

    def _unsafe(self, head: Head, route: Route, peer: Peer) -> Refusal | None:
        safe = peer.secure or peer.local or self._allow_plain_http
        return None if safe or not route.takes(head.method) else _NO_TLS

    async def _turned_away(self, head: Head, refusal: Refusal, receive: Receive) -> Refusal:
        """Read a little of the body, so that the refusal is seen; what is longer is cut off.

        A caller that waits for a word before it sends gets the refusal in place of that word.
        """
        whole = not head.has_body or (
            not head.expects_continue and await read_on(receive, self._limits)
        )
        return refusal if whole else replace(refusal, headers=refusal.headers + _CLOSE)

    async def _posted(
        self, head: Head, endpoint: Endpoint, request: Request, receive: Receive
    ) -> Answer | Refusal:
        try:
            body = await read_body(
                receive, max_bytes=endpoint.max_body_bytes, held=self._held, limits=self._limits
            )
        except TryLater:
            answer = self._overloaded(endpoint, request)
            return replace(answer, headers=answer.headers + _CLOSE)
        if body is TOO_LARGE:
            return await self._turned_away(head, TOO_LARGE, receive)
        if isinstance(body, Refusal):
            return replace(body, headers=body.headers + _CLOSE)
        deadline_s = monotonic_s() + self._limits.request_s
        return await self._worked(endpoint, replace(request, body=body, deadline_s=deadline_s))

    async def _worked(self, endpoint: Endpoint, request: Request) -> Answer:
        size = len(request.body)
        work = Work(request, endpoint, self._recorder, self._metrics, self._pace)
        try:
            future = await self._pool.submit(work.run, size)
        except TryLater:
            self._held.give_back(size)
            return self._overloaded(endpoint, request)
        future.add_done_callback(lambda _: self._held.give_back(size))
        # No commit begins after the deadline; one that began before has outcome_s to end.
        outcome_s = self._limits.outcome_s
        patience_s = request.deadline_s - monotonic_s() + outcome_s
        return (
            await _within(patience_s, future)
            or work.abandon(self._limits.retry_after_s)
            or await _within(outcome_s, future)
            or work.unknown()
        )

    def _overloaded(self, endpoint: Endpoint, request: Request) -> Answer:
        """Answer without a place in the pool; the row is written beside, like a refusal's."""
        retry_after_s = self._limits.retry_after_s
        trace = self._recorder.unrecorded(endpoint.dialect)
        answer = endpoint.try_later(request, trace, retry_after_s)
        told = f"overloaded, the caller was told {trace.number}"
        refusal = replace(try_later(retry_after_s), status=answer.status, sentence=told)
        self._keep(request, endpoint, refusal)
        return answer

    async def _shown(self, pool: Pool, page: Page, request: Request) -> Answer | Refusal:
        refusal = try_later(self._limits.retry_after_s)
        try:
            future = await pool.submit(partial(page, request))
        except TryLater:
            return refusal
        answer = await _within(self._limits.request_s, future)
        if answer is None:
            return refusal
        return replace(answer, headers=_filled_up(answer.headers, _ON_PAGES))

    def _refused(self, request: Request, route: Route, refusal: Refusal) -> None:
        if route.endpoint is None or (not route.takes(request.method) and request.method in _READS):
            self._metrics.refusal(refusal.code)
        else:
            self._keep(request, route.endpoint, refusal)

    def _keep(self, request: Request, endpoint: Endpoint, refusal: Refusal) -> None:
        self._metrics.refusal(refusal.code)
        log.info(
            "refused", code=refusal.code, dialect=endpoint.dialect, peer=request.peer,
            path=redacted_path(request.path), correlation_id=request.correlation_id,
        )  # fmt: skip
        if not endpoint.dialect or self._rows_waiting >= self._limits.refusal_rows:
            return  # the log line stands in
        self._rows_waiting += 1
        bare = replace(request, body=b"")
        row = asyncio.get_running_loop().run_in_executor(
            self._rows, self._recorder.refused, bare, endpoint.dialect, refusal
        )
        row.add_done_callback(self._kept)

    def _kept(self, row: asyncio.Future[None]) -> None:
        self._rows_waiting -= 1
        self._idle.set()
        error = row.exception()
        if isinstance(error, Exception):
            log_unforeseen(error, "")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._drain()
        self._stopped()
        await send({"type": "lifespan.shutdown.complete"})

    async def _drain(self) -> None:
        """Let everything that was admitted come to its end, within the time for it."""
        try:
            async with asyncio.timeout(self._limits.drain_s):
                while self._open or self._rows_waiting:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            log.warning("stopped with work unfinished", open=self._open, rows=self._rows_waiting)
        for executor in (self._pool, self._apart):
            executor.close()
        self._rows.shutdown(wait=False)


def _request(head: Head, peer: Peer, received: datetime) -> Request:
    return Request(
        method=head.method,
        path=head.path or "",
        query=head.query,
        headers=head.headers,
        body=b"",
        peer=peer.address,
        secure=peer.secure,
        received=received,
        correlation_id=str(uuid.uuid4()),
        deadline_s=float("inf"),
    )


Headers = tuple[tuple[str, str], ...]


async def _within(seconds: float, future: asyncio.Future[Answer]) -> Answer | None:
    """Wait for an answer, or give None; the work behind it goes on in either case."""
    done, _ = await asyncio.wait((future,), timeout=seconds)
    return future.result() if done else None


def _filled_up(headers: Headers, more: Headers) -> Headers:
    """Add the headers that are not there yet."""
    there = {name.lower() for name, _ in headers}
    return headers + tuple(pair for pair in more if pair[0].lower() not in there)


def _dressed(answer: Answer, request: Request) -> Answer:
    identified = (*answer.headers, ("X-Request-ID", request.correlation_id))
    return replace(answer, headers=_filled_up(identified, _ALWAYS))


async def _send(send: Send, answer: Answer, *, without_body: bool) -> None:
    # RFC 9110, 8.6: these say nothing of a body that is not there.
    bodiless = answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    described = (
        ("Content-Type", answer.media_type),
        ("Content-Length", str(len(answer.body))),
    )
    headers = answer.headers if bodiless else (*described, *answer.headers)
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if without_body else answer.body})
