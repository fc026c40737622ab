"""Reads of the catalog: the list of services, and the sheet of one."""

from dataclasses import replace
from uuid import UUID

from gateway.domain import catalog_documents
from gateway.domain.catalog_documents import Document, Reader, Surroundings
from gateway.domain.catalog_sheets import ServicePage, ServiceSheet, WantedServices
from gateway.domain.people import NOBODY
from gateway.errors import NotPermitted, ServiceUnknown
from gateway.usecases import rights
from gateway.usecases.catalog_access import EDIT
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import PublishedCopy

READ, READ_DRAFT = "catalog.read", "catalog.read_draft"


def services(wanted: WantedServices, call: Call, unit: Unit) -> ServicePage:
    """List the services a reader may see.

    Whether readers without a login are let in was decided before.

    Raises:
        NotPermitted: working copies are asked for, or the account may read nothing.
        LanguageUnknown: the catalog has no such language.
    """
    drafts = _require_reader(call, draft=wanted.draft)
    rules = unit.catalog_rules
    language = rules.language(wanted.language, field_name="language")
    return unit.catalog.page(
        replace(wanted, language=language), rules.default_language, everything=drafts
    )


def service(
    guid: UUID, language: str, call: Call, unit: Unit, *, draft: bool = False
) -> ServiceSheet:
    """Show a service: its published copy, or the working one.

    Raises:
        ServiceUnknown: there is none that this reader may see.
        NotPermitted, LanguageUnknown: as for ``services``.
    """
    drafts = _require_reader(call, draft=draft)
    rules = unit.catalog_rules
    chosen = rules.language(language, field_name="language")
    copy, shown = _copy(guid, unit, drafts=drafts, draft=draft)
    names, requests = unit.catalog.around(
        guid, catalog_documents.relatives(shown), everything=drafts
    )
    return catalog_documents.sheet(
        shown,
        Reader(
            language=chosen,
            default=rules.default_language,
            draft=draft,
            everything=drafts,
            logged_in=call.principal is not NOBODY,
        ),
        Surroundings(
            published=copy.published,
            changed=copy.changed,
            names=names,
            requests=tuple(requests),
        ),
    )


def _require_reader(call: Call, *, draft: bool) -> bool:
    """Insist on the right to read, and tell whether working copies may be read, too."""
    principal = call.principal
    if call.command == EDIT:
        return True
    drafts = rights.permits(principal, READ_DRAFT)
    if draft and not drafts:
        raise NotPermitted(field="state")
    if principal is not NOBODY and not drafts:
        rights.require(principal, READ)
    return drafts


def _copy(guid: UUID, unit: Unit, *, drafts: bool, draft: bool) -> tuple[PublishedCopy, Document]:
    if draft:
        found = unit.catalog.find(guid)
        if found is None or found.changed is None:
            raise ServiceUnknown(field="guid")
        document = catalog_documents.document(found)
        return PublishedCopy(document, found.published, found.changed), document
    copy = unit.catalog.published_copy(guid, everything=drafts)
    if copy is None:
        raise ServiceUnknown(field="guid")
    return copy, copy.document
