"""A small published service of the tests' own: a library that lends books."""

# ruff: noqa: N802, N805, RUF012 - Spyne asks for wire names, a context and lists

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal as Number

import gateway.soap  # noqa: F401 - repairs Spyne before it is imported

# isort: split
from spyne import (
    Array,
    Boolean,
    ByteArray,
    ComplexModel,
    DateTime,
    Decimal,
    Integer32,
    Integer64,
    ServiceBase,
    Unicode,
    rpc,
)
from spyne.model.enum import Enum

from gateway.domain.people import AccountKind, Principal
from gateway.errors import GatewayError
from gateway.soap.codec import compile_service
from gateway.soap.definition import (
    CodeText,
    FaultCode,
    FaultContent,
    FieldText,
    OperationText,
    ServiceDefinition,
    WsdlShape,
)
from gateway.soap.envelope import SoapVersion
from gateway.soap.server import SoapEndpoint
from gateway.soap.validation import Contract
from gateway.soap.wsdl import build_application

NAMESPACE = "urn:ticket-gateway:tests:lending"
REQUIRED = {"min_occurs": 1, "nillable": False}
OPTIONAL = {"min_occurs": 0, "nillable": False}

Binding = Enum("Hardcover", "Paperback", type_name="TBinding")


class Lent(ComplexModel):
    __namespace__ = NAMESPACE
    __type_name__ = "TBook_V1"
    _type_info = [
        ("Id", Unicode(**REQUIRED)),
        ("Title", Unicode(**OPTIONAL)),
        ("Binding", Binding.customize(**OPTIONAL)),
        ("Copies", Integer32(**OPTIONAL)),
        ("Price", Decimal(**OPTIONAL)),
        ("Bought", DateTime(**OPTIONAL)),
        ("Cover", ByteArray(**OPTIONAL)),
        ("Reserved", Boolean(**OPTIONAL)),
        ("Keywords", Array(Unicode, **OPTIONAL)),
    ]


class LentAgain(ComplexModel):
    __namespace__ = NAMESPACE
    __type_name__ = "TBook_V2"
    _type_info = [
        *[(name, kind) for name, kind in Lent._type_info.items() if name != "Copies"],
        ("Stock", Integer64(**OPTIONAL)),
        ("Editions", Array(Lent, **OPTIONAL)),
    ]


def answer_type(name: str, *fields: tuple[str, type]) -> type[ComplexModel]:
    members = [
        ("ResultCode", Integer32(**REQUIRED)),
        ("ResultMessage", Unicode(**REQUIRED)),
        *fields,
    ]
    return type(name, (ComplexModel,), {"__namespace__": NAMESPACE, "_type_info": members})


Plain = answer_type("TLendBookResponse_V1")
Counted = answer_type("TLendBookResponse_V2", ("Loans", Integer32(**OPTIONAL)))
Listed = answer_type(
    "TListBooksResponse_V1",
    ("Books", Array(LentAgain, **OPTIONAL)),
    ("Years", Array(Integer32, **OPTIONAL)),
)


class LendingFault(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info = [
        ("ResultCode", Integer32(**REQUIRED)),
        ("ResultMessage", Unicode(**REQUIRED)),
        ("Reference", Unicode(**OPTIONAL)),
    ]


BOOK = {
    "Id": "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}",
    "Title": "The < & > of markup",
    "Binding": "Paperback",
    "Price": Number("12.50"),
    "Bought": datetime(2025, 6, 27, 9, 16, tzinfo=UTC),
    "Cover": b"cover",
    "Reserved": False,
    "Keywords": ["xml"],
}


class Lending(ServiceBase):
    __service_name__ = "Lending"

    @rpc(
        Lent.customize(**REQUIRED),
        _in_variable_names={"book": "Book"},
        _returns=Plain.customize(**REQUIRED),
    )
    def LendBook_V1(ctx, book):
        return Plain(ResultCode=0, ResultMessage="OK")

    @rpc(
        LentAgain.customize(**REQUIRED),
        Array(Unicode, **OPTIONAL),
        _in_variable_names={"book": "Book", "readers": "Readers"},
        _returns=Counted.customize(**REQUIRED),
    )
    def LendBook_V2(ctx, book, readers):
        return Counted(ResultCode=0, ResultMessage="OK", Loans=len(readers or ()))

    @rpc(_returns=Listed.customize(**REQUIRED))
    def ListBooks_V1(ctx):
        """Spyne falls back to this text; the definition has its own."""
        return Listed(
            ResultCode=0,
            ResultMessage="OK",
            Books=[
                LentAgain(**BOOK, Stock=3, Editions=[Lent(Id="1", Copies=2)]),
                LentAgain(Id="2"),
            ],
            Years=[1999],
        )


VALUES: Mapping[str, Mapping[str, object]] = {
    "LendBook_V1": {"Book": {"Id": "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}", "Title": "A & B"}},
    "LendBook_V2": {
        "Book": {
            "Id": "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}",
            "Binding": "Hardcover",
            "Price": Number("12.50"),
            "Reserved": True,
            "Keywords": ["xml", "soap"],
            "Editions": [{"Id": "1", "Copies": 2}, {"Id": "2"}],
        },
        "Readers": ["ada", "grace"],
    },
}


def lending_fault(error: GatewayError, reference: str) -> FaultContent:
    detail = (("ResultCode", "35"), ("ResultMessage", error.sentence), ("Reference", reference))
    return FaultContent(code=FaultCode.CLIENT, text=error.sentence, detail=detail)


class AnyCaller:
    """Lets everyone in as one account."""

    def principal(self, credentials, peer):
        return Principal(account_id=1, account="reader", kind=AccountKind.AGENT)


def lending_endpoint(definition: ServiceDefinition, schema: bytes) -> SoapEndpoint:
    """Put the engine round the service."""
    operations = compile_service(build_application(definition))
    contract = Contract(schema, operations)
    return SoapEndpoint(definition, operations, contract, AnyCaller(), desk=None)


def lending(
    *,
    service: type[ServiceBase] = Lending,
    shape: WsdlShape = WsdlShape.PLAIN,
    wsdl_public: bool = True,
) -> ServiceDefinition:
    """Give the definition; the shape is what a test varies."""
    return ServiceDefinition(
        stem="tests-lending",
        dialect="tests",
        title="Lending",
        description="Lends books. Every call is made up.",
        service=service,
        namespace=NAMESPACE,
        path="/soap/tests/lending",
        service_name="Lending",
        port_type="LendingPortType",
        bindings={
            SoapVersion.V11: "LendingSoap11Binding",
            SoapVersion.V12: "LendingSoap12Binding",
        },
        ports={SoapVersion.V11: "LendingSoap11", SoapVersion.V12: "LendingSoap12"},
        action=lambda operation: f"{NAMESPACE}:{operation}",
        fault_element="LendingFault",
        fault_type=LendingFault,
        fault=lending_fault,
        session_header="SessionId",
        shape=shape,
        wsdl_public=wsdl_public,
        operations={
            "LendBook_V1": OperationText(text="Lends a book.", group="Loans"),
            "LendBook_V2": OperationText(
                text="Lends a book to readers.", group="Loans", supersedes="LendBook_V1"
            ),
            "ListBooks_V1": OperationText(text="Lists the books.", group="Books"),
        },
        fields={
            "Id": FieldText(meaning="id made by the caller", limits="a GUID"),
            "TBook_V2.Title": FieldText(meaning="title", required="to create", limits="255"),
        },
        codes=(
            CodeText(code="0", name="ErrorOK", meaning="done"),
            CodeText(code="35", name="Invalid", meaning="a rule is broken", remedy="see message"),
        ),
        filled=lambda operation: VALUES.get(operation, {}),
    )
