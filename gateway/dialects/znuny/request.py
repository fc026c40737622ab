"""One request that makes or changes a ticket, with what its names and references lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.dialects.znuny import articles, dynamic_fields, reading, ticket_fields
from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.refusals import Refused, invalid
from gateway.domain.entries import WholeArticle
from gateway.domain.fields import Field, FieldType, FieldValue, Filled
from gateway.domain.people import Principal
from gateway.domain.ticket import Ticket
from gateway.usecases.ports import Asked, Call, Claim, Found, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for, by whom, and the rows and fields it names.

    ``claim`` is the reference the ticket is to have; ``by_reference`` tells that it is all the
    caller knows of the ticket.
    """

    data: Mapping[str, Any]
    options: Options
    call: Call
    unit: Unit
    found: Found
    claim: Claim | None = None
    by_reference: bool = False

    @property
    def principal(self) -> Principal:
        """Give who asks."""
        return self.call.principal

    @property
    def ticket(self) -> Mapping[str, Any]:
        """Give what is said of the ticket's own fields."""
        sent = self.data.get("Ticket")
        return sent if isinstance(sent, Mapping) else {}

    def filled(self) -> list[Filled]:
        """Judge the dynamic fields, that of the reference among them.

        Raises:
            Refused: a field that is not right.
        """
        given = dynamic_fields.filled(self.data, self.found.fields, self.options.time_zone)
        if not self.by_reference or self.claim is None:
            return list(given)
        field = reference_field(self.found, self.options)
        own = Filled(field, (FieldValue(self.claim.text),))
        return [*(each for each in given if each.field.id != field.id), own]

    def answer(
        self, ticket: Ticket, added: Sequence[WholeArticle], further: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Give the answer of a request that was carried out."""
        said: dict[str, Any] = {**further, "TicketID": ticket.id, "TicketNumber": ticket.number}
        if added:
            said["ArticleID"] = [article.id for article in added]
        if self.call.operation in self.options.include_ticket_data:
            said["Ticket"] = reading.whole_of(ticket.id, self.options, self.call, self.unit)
        return said


def claim_of(text: str, options: Options, principal: Principal) -> Claim:
    """Give a reference as it is claimed for the caller's system (contract section 8)."""
    rules = options.external_reference
    return Claim(
        text=text,
        field=rules.dynamic_field,
        system=rules.system,
        partner_id=principal.partner_id,
        states=rules.states,
        state_types=rules.state_types,
    )


def claimed(data: Mapping[str, Any], options: Options, principal: Principal) -> Claim | None:
    """Give the reference that the dynamic fields of a request name (section 8, rule 10).

    Raises:
        Refused: it can be none.
    """
    text = dynamic_fields.value_of(data, options.external_reference.dynamic_field)
    if not text:
        return None
    if not dynamic_fields.reference_fits(text):
        raise invalid("DynamicField->Value")
    return claim_of(text, options, principal)


def asked(
    data: Mapping[str, Any],
    options: Options,
    claim: Claim | None,
    *,
    ticket_id: int | None = None,
    number: str | None = None,
) -> Asked:
    """Give all that a request names, to be looked up at once."""
    sent = data.get("Ticket")
    ticket = sent if isinstance(sent, Mapping) else {}
    rows = ticket_fields.named(ticket, options)
    rows["agent"] = [*rows.get("agent", ()), *articles.notified(data)]
    fields = dynamic_fields.names(data)
    if claim is not None:
        fields.append(claim.field)
    return Asked(
        rows=rows,
        fields=fields,
        asker=ticket_fields.asker(ticket),
        articles=articles.count(data),
        ticket_id=ticket_id,
        number=number,
        claim=claim,
    )


def reference_field(found: Found, options: Options) -> Field:
    """Give the dynamic field that holds references.

    Raises:
        Refused: it does not exist, or is none for texts.
    """
    name = options.external_reference.dynamic_field
    field = found.fields.get(name)
    if field is None or field.type is not FieldType.TEXT:
        text = f"Dynamic field {name} of the setting is no text field of tickets!"
        raise Refused("Webservice.InvalidConfiguration", text, whole=True)
    return field
