"""One request of an agent: who, what was sent, and the way to the use cases."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from urllib.parse import urlencode

from gateway.console.answers import Gone, Shown
from gateway.console.desk import Desk
from gateway.console.forms import ONCE, TOKEN, once_of
from gateway.console.logins import Flash
from gateway.domain.people import Principal
from gateway.errors import BrokenRule, DeadlinePassed
from gateway.http.exchange import Request, Trace
from gateway.usecases import idempotency, rights
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.idempotency import Done
from gateway.usecases.lists import Actor
from gateway.usecases.ports import Call, DeliveryDesk, Unit

T = TypeVar("T")

PAGE = 50  # rows, unless another number is asked for
MOST = 500
_EXPORTED = 5000
_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of an agent who is logged in."""

    request: Request
    principal: Principal
    desk: Desk
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    trace: Trace | None = None  # of a form that was sent
    export: bool = False  # its table alone is wanted, and more rows of it

    # what was sent

    def asked(self, name: str) -> str:
        """Give a word of the query, without blanks around it; empty: not given."""
        return self.query.get(name, "").strip()

    def number(self, name: str) -> int | None:
        """Give a whole number of the query.

        Raises:
            BrokenRule: it is none.
        """
        text = self.asked(name)
        if not text:
            return None
        if _NUMBER.fullmatch(text) is None:
            raise BrokenRule("a whole number", field=name)
        return int(text)

    def most(self, usual: int = PAGE) -> int:
        """Give how many rows a page shall have."""
        usual, most = (_EXPORTED, _EXPORTED) if self.export else (usual, MOST)
        return min(max(self.number("limit") or usual, 1), most)

    def link(self, **changes: str) -> str:
        """Give the query of this page with other words in it; empty ones are left out."""
        words = {name: word for name, word in {**self.query, **changes}.items() if word}
        return f"?{urlencode(words)}"

    @property
    def kept(self) -> str:
        """Give the query of this page: a list's filters stay with what it leads to."""
        return f"?{urlencode(self.query)}" if self.query else ""

    def sent(self, name: str) -> str:
        """Give a field of the form; empty: not sent."""
        return self.form.get(name, "")

    # the way to the use cases

    def may(self, command: str, group_id: int | None = None) -> bool:
        """Tell whether the agent may do this, so that it is offered."""
        return rights.permits(self.principal, command, group_id)

    def read(self, command: str, work: Callable[[Call, Unit], T]) -> T:
        """Run a use case that reads, in one transaction."""
        call = self._call(command)
        return self.desk.units.run(lambda unit: work(call, unit), call)

    def write(self, command: str, work: Callable[[Call, Unit], Done]) -> Done:
        """Run a use case that writes, once for the form that was shown."""
        fields = sorted(pair for pair in self.form.items() if pair[0] not in (ONCE, TOKEN))
        call = self._call(
            command,
            key=once_of(self.form),
            digest=idempotency.digest(command, (self.request.path, fields)),
        )

        def once(unit: Unit) -> Done:
            return idempotency.once(lambda inner: work(call, inner), call, unit)

        return self.desk.units.run(once, call)

    def administer(self, command: str, work: Callable[[AdministrationUnit], T]) -> T:
        """Run an operator's work, in one transaction.

        Raises:
            NotPermitted: rights.
        """
        rights.require(self.principal, command)

        def whole(unit: AdministrationUnit) -> T:
            done = work(unit)
            self._require_time()
            return done

        return self.desk.administration.run(whole)

    def deliveries(self, command: str) -> DeliveryDesk:
        """Give what an operator does with deliveries.

        Raises:
            NotPermitted: rights.
        """
        rights.require(self.principal, command)
        self._require_time()
        return self.desk.deliveries(self.principal.account)

    @property
    def actor(self) -> Actor:
        """Give the agent as the audit knows him."""
        return Actor(self.principal.account, self.request.peer)

    def gone(self, path: str, said: str, *names: str) -> Gone:
        """Go to another page, which says what was done, with the filters that one came from."""
        return Gone(path + self.kept, Flash(said, names))

    def _call(self, command: str, *, key: str | None = None, digest: bytes = b"") -> Call:
        trace = self.trace
        return Call(
            principal=self.principal,
            dialect="console",
            operation=command,
            command=command,
            deadline_s=self.request.deadline_s,
            key=key,
            digest=digest,
            may_commit=(lambda: True) if trace is None else trace.may_commit,
        )

    def _require_time(self) -> None:
        """Insist that whoever sent a form still waits: nobody is told of less than was done."""
        if self.trace is not None and not self.trace.may_commit():
            raise DeadlinePassed


Show = Callable[..., Shown]
Act = Callable[..., Gone | Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What answers at one address: ``show`` to GET, ``act`` to POST.

    ``{name}`` in the pattern stands for a part of the path, ``{name:n}`` for a number; the parts
    are handed on by name. Where an act is refused, the page of ``show`` says why.
    """

    pattern: str
    show: Show
    act: Act | None = None

    def matches(self, path: str) -> dict[str, str] | None:
        """Give the parts of a path; None: another address."""
        found = _compiled(self.pattern).fullmatch(path)
        return None if found is None else found.groupdict()


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    numbers = re.sub(r"\{(\w+):n\}", r"(?P<\1>[0-9]{1,18})", pattern)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", numbers))
