"""The console behind the door: finds the page, writes it, and takes its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from gateway.console import logins as cookies
from gateway.console.answers import Gone, Shown
from gateway.console.desk import Desk
from gateway.console.forms import once_token, read_form, require_ours, token_of
from gateway.console.logins import Flash, Header, Logins
from gateway.console.rendering import CSV, HEADERS, HTML, JSON, PROBLEM, Writer, table, twin
from gateway.console.visit import Address, Visit
from gateway.domain.people import Principal
from gateway.errors import (
    BrokenRule,
    GatewayError,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Refused,
    TooManyRequests,
    TryLater,
    Unauthenticated,
    WrongState,
)
from gateway.http.exchange import Answer, Request, Trace
from gateway.soap.documents import document
from gateway.soap.page_texts import language

PATH = "/console"
STYLESHEET_PATH, ICON_PATH = "/assets/console.css", "/assets/icon.svg"
FORM = "application/x-www-form-urlencoded"
_LOGIN, _LOGOUT = "/login", "/logout"
_FIRST, _FIRST_TWIN = "/", "/index"
_MIB = 1024 * 1024
_LOGIN_BYTES = 16 * 1024

# The first row whose class fits an error says how it is answered.
_STATUS: tuple[tuple[type[GatewayError], int], ...] = (
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (WrongState, HTTPStatus.CONFLICT),
    (BrokenRule, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooManyRequests, HTTPStatus.TOO_MANY_REQUESTS),
    (Refused, HTTPStatus.BAD_REQUEST),
    (TryLater, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Face(StrEnum):
    """How a page is answered: what is put behind its path."""

    PAGE = ""
    TWIN = ".json"
    TABLE = ".csv"


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry of the menu: its text, where it leads, and what one must be permitted."""

    text: str
    path: str
    command: str


class Console:
    """Answers below ``/console``: GET gives pages and their twins, POST takes forms.

    Its exchanges leave no message rows: what a form changes stands in the history of its ticket
    or in the audit, and a password must stand nowhere.
    """

    dialect = ""
    max_body_bytes = _MIB

    def __init__(
        self,
        desk: Desk,
        logins: Logins,
        addresses: Sequence[Address],
        tabs: Sequence[Tab],
        public_url: str,
    ) -> None:
        self._desk = desk
        self._logins = logins
        self._addresses = tuple(addresses)
        self._tabs = tuple(tabs)
        self._public_url = public_url
        self._base = urlsplit(public_url).path.rstrip("/")
        self._writer = Writer(self._base, desk.rules.time_zone)

    # GET

    def page(self, request: Request) -> Answer:
        """Show a page, its twin as JSON, or its table as CSV."""
        path, face = _below(request.path)
        try:
            if face is Face.PAGE:
                return self._shown(request, path)
            shown = self._data(request, path, export=face is Face.TABLE)
        except GatewayError as error:
            return self._problem(request, error, as_json=face is not Face.PAGE)
        if face is Face.TWIN:
            return Answer(shown.status, twin(shown.data), JSON, HEADERS)
        return self._table(shown, f"{self._base}{PATH}{path}{face}")

    def _data(self, request: Request, path: str, *, export: bool) -> Shown:
        principal = self._logins.caller(request)
        address, parts = self._found(path)
        visit = replace(self._visit(request, principal), export=export)
        shown = address.show(visit, **parts)
        for field, sentence in shown.errors.items():
            if shown.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise TryLater(sentence)
            raise BrokenRule(sentence, field=field)
        if export and not shown.rows:
            raise NotFound("this page is no table")
        return shown

    def _table(self, shown: Shown, where: str) -> Answer:
        headers = [("Content-Disposition", f'attachment; filename="{shown.rows}.csv"')]
        if following := shown.data["next"]:
            headers.append(("Link", f'<{where}{following}>; rel="next"'))
        return Answer(HTTPStatus.OK, table(shown.data[shown.rows]), CSV, (*HEADERS, *headers))

    def _shown(self, request: Request, path: str) -> Answer:
        if path == _LOGIN:
            return self._login_page(request)
        try:
            principal = self._logins.principal(request)
        except Unauthenticated:
            return self._to_login(request)
        visit = self._visit(request, principal)
        try:
            address, parts = self._found(path)
            return self._written(visit, address.show(visit, **parts))
        except GatewayError as error:
            return self._problem(request, error, visit=visit)

    def _found(self, path: str) -> tuple[Address, Mapping[str, str]]:
        for address in self._addresses:
            parts = address.matches(path)
            if parts is not None:
                return address, parts
        raise NotFound("there is no such page")

    def _visit(self, request: Request, principal: Principal) -> Visit:
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        return Visit(request=request, principal=principal, desk=self._desk, query=query)

    # POST

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Take a form: do what it says, or show its page again with the reason."""
        path, _ = _below(request.path)
        try:
            if path == _LOGIN:
                return self._login(request)
            return self._acted(request, path, trace)
        except GatewayError as error:
            trace.code = error.code
            return self._problem(request, error)

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:  # noqa: ARG002 - the arguments of an endpoint
        """Say that the gateway is overloaded."""
        answer = self._problem(request, TryLater())
        return replace(answer, headers=(*answer.headers, ("Retry-After", str(retry_after_s))))

    def broken(self, request: Request, trace: Trace) -> Answer:  # noqa: ARG002 - the arguments of an endpoint
        """Say that something unforeseen happened."""
        return self._problem(request, OutcomeUnknown())

    def _acted(self, request: Request, path: str, trace: Trace) -> Answer:
        # First who it is: to read a large form takes a while, which is not for everybody.
        principal = self._logins.principal(request)
        trace.account, trace.account_id = principal.account, principal.account_id
        form = read_form(request)
        session_id = cookies.session_of(request)
        require_ours(request, form, session_id, self._public_url)
        if path == _LOGOUT:
            return self._gone(Gone(_LOGIN, Flash("logged_out")), self._logins.end(request))
        visit = replace(self._visit(request, principal), form=form, trace=trace)
        try:
            return self._done(visit, path)
        except GatewayError as error:
            trace.code = error.code
            return self._problem(request, error, visit=visit)

    def _done(self, visit: Visit, path: str) -> Answer:
        address, parts = self._found(path)
        if address.act is None:
            raise NotFound("this page takes no form")
        try:
            done = address.act(visit, **parts)
        except (BrokenRule, WrongState) as error:
            if visit.trace is not None:
                visit.trace.code = error.code
            return self._refused(visit, address.show(replace(visit, trace=None), **parts), error)
        if isinstance(done, Shown):
            return self._written(visit, done)
        session_id = cookies.session_of(visit.request)
        flash = cookies.flash_header(done.flash, visit.request, session_id)
        return self._gone(done, (flash,))

    def _refused(self, visit: Visit, shown: Shown, error: GatewayError) -> Answer:
        """Show the page of a form again, with what was sent and why it was refused."""
        errors = {error.field: error.sentence} if error.field else {}
        shown = replace(shown, errors=errors, status=_status(error))
        return self._written(visit, shown, problem=error)

    def _gone(self, gone: Gone, headers: tuple[Header, ...]) -> Answer:
        where = f"{self._base}{PATH}{gone.path}"
        return Answer(HTTPStatus.SEE_OTHER, b"", HTML, (*HEADERS, *headers, ("Location", where)))

    # logins

    def _to_login(self, request: Request) -> Answer:
        asked = request.path + (f"?{request.query}" if request.query else "")
        where = f"{self._base}{PATH}{_LOGIN}?next={quote(asked, safe='')}"
        return Answer(HTTPStatus.SEE_OTHER, b"", HTML, (*HEADERS, ("Location", where)))

    def _login_page(self, request: Request, error: GatewayError | None = None) -> Answer:
        secret, header = cookies.new_before_login(request)
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        status = HTTPStatus.OK if error is None else _status(error)
        body = self._html(
            request,
            "login.html",
            csrf=token_of(secret),
            next=cookies.next_path(query.get("next", "")),
            problem=error,
        )
        return Answer(status, body, HTML, (*HEADERS, header, *_retry_after(error)))

    def _login(self, request: Request) -> Answer:
        if len(request.body) > _LOGIN_BYTES:
            raise BrokenRule("longer than any login")
        form = read_form(request)
        require_ours(request, form, cookies.before_login(request), self._public_url)
        try:
            headers = self._logins.open(form.get("name", ""), form.get("password", ""), request)
        except (Unauthenticated, TooManyRequests, TryLater) as error:
            return self._login_page(request, error)
        where = self._base + cookies.next_path(form.get("next", ""))
        return Answer(HTTPStatus.SEE_OTHER, b"", HTML, (*HEADERS, *headers, ("Location", where)))

    # writing

    def _written(self, visit: Visit, shown: Shown, problem: GatewayError | None = None) -> Answer:
        request = visit.request
        session_id = cookies.session_of(request)
        flash = cookies.flash_of(request, session_id)
        body = self._html(
            request,
            shown.template,
            **self._menu(visit),
            once=once_token(),
            query=visit.query,
            form=visit.form,
            errors=shown.errors,
            flash=flash,
            problem=problem,
            kept=visit.kept,
            start=visit.link(after="", before="", page=""),
            twin=self._address_of(request, Face.TWIN),
            table=self._address_of(request, Face.TABLE) if shown.rows else None,
            **shown.data,
            **shown.more,
        )
        over = () if flash is None else (cookies.without_flash(request),)
        return Answer(shown.status, body, HTML, (*HEADERS, *over))

    def _menu(self, visit: Visit) -> dict[str, Any]:
        """Give what stands above every page of a session."""
        return {
            "csrf": token_of(cookies.session_of(visit.request)),
            "me": visit.principal,
            "tabs": [tab for tab in self._tabs if visit.may(tab.command)],
            "path": _below(visit.request.path)[0],
        }

    def _address_of(self, request: Request, face: Face) -> str:
        path = _below(request.path)[0]
        query = f"?{request.query}" if request.query and request.method == "GET" else ""
        return f"{self._base}{PATH}{_FIRST_TWIN if path == _FIRST else path}{face}{query}"

    def _problem(
        self,
        request: Request,
        error: GatewayError,
        *,
        visit: Visit | None = None,
        as_json: bool = False,
    ) -> Answer:
        status = _status(error)
        headers = (*HEADERS, *_retry_after(error))
        if as_json:
            told = {
                "type": "about:blank",
                "title": HTTPStatus(status).phrase,
                "status": int(status),
                "code": error.code,
                "detail": error.sentence,
                "field": error.field,
                "reference": request.correlation_id,
            }
            return Answer(status, twin(told), PROBLEM, headers)
        body = self._html(
            request,
            "problem.html",
            problem=error,
            status=int(status),
            reference=request.correlation_id,
            **({} if visit is None else self._menu(visit)),
        )
        return Answer(status, body, HTML, headers)

    def _html(self, request: Request, template: str, **content: Any) -> bytes:
        nobody: dict[str, Any] = {
            "me": None,
            "tabs": (),
            "flash": None,
            "errors": {},
            "twin": None,
            "table": None,
            "kept": "",
            "path": "",
        }
        chosen = language(request.headers.get("accept-language", ""))
        return self._writer.html(
            template,
            chosen,
            icon=self._base + ICON_PATH,
            stylesheets=[self._base + path for path in ("/assets/service.css", STYLESHEET_PATH)],
            **(nobody | content),
        )


def stylesheet(request: Request) -> Answer:
    """Answer what the console adds to the stylesheet of all pages."""
    content = files("gateway.console").joinpath("templates/console.css").read_bytes()
    return document(request, content, "text/css; charset=utf-8")


def icon(request: Request) -> Answer:
    """Answer the picture that browsers show beside the title."""
    content = files("gateway.console").joinpath("templates/icon.svg").read_bytes()
    return document(request, content, "image/svg+xml")


def _below(path: str) -> tuple[str, Face]:
    """Give the path below ``/console``, and which face of the page is meant."""
    below = path.removeprefix(PATH) or _FIRST
    face = next((each for each in (Face.TWIN, Face.TABLE) if below.endswith(each)), Face.PAGE)
    below = below.removesuffix(face)
    return (_FIRST if face and below == _FIRST_TWIN else below), face


def _status(error: GatewayError) -> int:
    found = (status for kind, status in _STATUS if isinstance(error, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def _retry_after(error: GatewayError | None) -> tuple[Header, ...]:
    if isinstance(error, TooManyRequests | TryLater):
        return (("Retry-After", str(error.retry_after_s)),)
    return ()
