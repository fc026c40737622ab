"""Serves the committed contract files: the file, with its addresses set, in three variants."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from lxml import etree

from gateway.errors import CannotStart
from gateway.soap.contract import Contract, NotAContract, read_contract
from gateway.soap.definition import ServiceDefinition
from gateway.soap.envelope import SoapVersion
from gateway.soap.form_bindings import with_forms
from gateway.soap.wsdl import BINDING, WSDL, build_wsdl, inline_schema, to_bytes

_EXPORT = "run `ticket-gateway wsdl export`"


class Variant(StrEnum):
    """Which bindings a served contract shows."""

    BOTH = "both"
    SOAP11 = "soap11"  # W25: Axis 1.4 and wsimport refuse a file with a 1.2 binding
    SOAP12 = "soap12"


_LEFT_OUT = {Variant.SOAP11: SoapVersion.V12, Variant.SOAP12: SoapVersion.V11}


def contracts_dir() -> Path:
    """Find the folder above ``wsdl/`` and ``schemas/``: the checkout's root, else the package."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "wsdl").is_dir():
        return checkout
    return package / "contracts"


def entity_tag(body: bytes) -> str:
    """Give the strong entity tag of a document."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class ServedContract:
    """One service's contract as it is served; built once, at start.

    ``path`` replaces the canonical path in the addresses, for a service with several prefixes.

    Raises:
        CannotStart: A file is missing or not the one of this service.
    """

    def __init__(
        self,
        definition: ServiceDefinition,
        directory: Path,
        public_url: str,
        *,
        path: str | None = None,
    ) -> None:
        self.definition = definition
        self.path = path or definition.path
        self.address = public_url.rstrip("/") + self.path
        file = wsdl_file(definition, directory)
        root = _read_file(file, definition)
        self.schema_bytes = to_bytes(inline_schema(root))
        self._check_schema_file(directory)
        self._documents = {variant: _served(root, self.address, variant) for variant in Variant}
        self.contract: Contract = read_contract(self.wsdl())
        if definition.form_bindings:
            self._documents[Variant.BOTH] = self._with_forms()

    @property
    def page(self) -> str:
        """Give the address of the service page."""
        return self.address if self.definition.bare_get else f"{self.address}?op"

    @property
    def etag(self) -> str:
        """Give the tag of the contract with both bindings."""
        return entity_tag(self.wsdl())

    def wsdl(self, variant: Variant = Variant.BOTH) -> bytes:
        """Give the contract with the bindings asked for."""
        return self._documents[variant]

    def schema(self, name: str) -> bytes | None:
        """Give a schema of the contract as a file of its own; there is one, named as the file."""
        return self.schema_bytes if name.lower() in {"", self.definition.stem.lower()} else None

    def _with_forms(self) -> bytes:
        # Drawn when served: the file is the same whatever is switched on.
        root = etree.fromstring(self.wsdl())
        with_forms(root, self.definition, self.contract)
        return to_bytes(root)

    def _check_schema_file(self, directory: Path) -> None:
        file = schema_file(self.definition, directory)
        if not file.is_file():
            raise CannotStart(f"{file} is missing: {_EXPORT}")
        if file.read_bytes() != self.schema_bytes:
            raise CannotStart(f"{file} is not the schema inside the contract: {_EXPORT}")


def wsdl_file(definition: ServiceDefinition, directory: Path) -> Path:
    """Give the place of a service's contract."""
    return directory / "wsdl" / f"{definition.stem}.wsdl"


def schema_file(definition: ServiceDefinition, directory: Path) -> Path:
    """Give the place of the schema inside that contract."""
    return directory / "schemas" / f"{definition.stem}.xsd"


Files = Mapping[str, bytes]  # further ones, by their place below the root
_NONE: Files = MappingProxyType({})


def export(
    definitions: Iterable[ServiceDefinition], root: Path, further: Files = _NONE
) -> tuple[Path, ...]:
    """Write the files of all services; tell which ones changed."""
    current = _current(definitions, root, further)
    return tuple(file for file, content in current if _write_if_new(file, content))


def outdated(
    definitions: Iterable[ServiceDefinition], root: Path, further: Files = _NONE
) -> tuple[Path, ...]:
    """Tell which files are missing or differ from what the program would write."""
    current = _current(definitions, root, further)
    return tuple(file for file, content in current if _content(file) != content)


def _current(
    definitions: Iterable[ServiceDefinition], root: Path, further: Files
) -> Iterator[tuple[Path, bytes]]:
    yield from ((root / place, content) for place, content in further.items())
    for definition in definitions:
        wsdl = build_wsdl(definition)
        yield wsdl_file(definition, root), wsdl
        yield schema_file(definition, root), to_bytes(inline_schema(etree.fromstring(wsdl)))


def _write_if_new(file: Path, content: bytes) -> bool:
    if _content(file) == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return True


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _read_file(file: Path, definition: ServiceDefinition) -> etree._Element:
    if not file.is_file():
        raise CannotStart(f"{file} is missing: {_EXPORT}")
    content = file.read_bytes()
    try:
        found = read_contract(content).namespace
    except NotAContract as error:
        raise CannotStart(f"{file}: {error}: {_EXPORT}") from error
    if found != definition.namespace:
        raise CannotStart(
            f"{file} is for the namespace {found}, the service has {definition.namespace}: "
            f"set the namespace back, or {_EXPORT}"
        )
    return etree.fromstring(content)


def _served(file: etree._Element, address: str, variant: Variant) -> bytes:
    # A copy by parsing: removal must not touch the tree that the other variants start from.
    root = etree.fromstring(etree.tostring(file))
    left_out = _LEFT_OUT.get(variant)
    if left_out is not None:
        _remove_binding(root, BINDING[left_out])
    for namespace in BINDING.values():
        for node in root.iter(f"{{{namespace}}}address"):
            node.set("location", address)
    return to_bytes(root)


def _remove_binding(root: etree._Element, namespace: str) -> None:
    for binding in root.findall(f"{{{WSDL}}}binding[{{{namespace}}}binding]"):
        root.remove(binding)
    for service in root.iterchildren(f"{{{WSDL}}}service"):
        for port in service.findall(f"{{{WSDL}}}port[{{{namespace}}}address]"):
            service.remove(port)
    # QNames in attributes use tns and xs; only the unused binding's prefix goes.
    etree.cleanup_namespaces(root, keep_ns_prefixes=["tns", "xs"])
