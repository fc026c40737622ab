"""What the engine does not carry stops the start, class and field named."""

import pytest
from spyne import (
    AnyXml,
    Application,
    Array,
    ByteArray,
    ComplexModel,
    Date,
    DateTime,
    Double,
    Duration,
    Float,
    Integer,
    Integer32,
    Iterable,
    ServiceBase,
    Unicode,
    Uuid,
    XmlAttribute,
    XmlData,
    rpc,
    srpc,
)
from spyne.model.complex import SelfReference
from spyne.protocol.soap import Soap11

from gateway.soap.codec import UnsupportedShape, compile_service
from gateway.soap.plan import Kind, plan_message
from tests.kit.desk_service import NAMESPACE, DeskService, Everything
from tests.kit.oracle import stock_application


class Elsewhere(ComplexModel):
    __namespace__ = "urn:elsewhere"
    Text = Unicode


def application(method) -> Application:
    service = type(ServiceBase)("Some", (ServiceBase,), {"Do": method})
    return Application([service], NAMESPACE, in_protocol=Soap11(), out_protocol=Soap11())


def taking(cls) -> Application:
    def do(ctx, value):
        """Do nothing."""

    do.__name__ = "Do"
    return application(rpc(cls)(do))


def with_member(cls) -> type:
    return type(ComplexModel)("Weight", (ComplexModel,), {"__namespace__": NAMESPACE, "Value": cls})


@pytest.mark.parametrize(
    "member",
    [
        AnyXml,
        Date,
        Double,
        Duration,
        Float,
        Integer,
        Uuid,
        XmlAttribute(Unicode),
        XmlData(Unicode),
        ByteArray(encoding="hex"),
        Unicode(default="x"),
        DateTime(dt_format="%Y"),
        Integer32(values=[1, 2]),
        Array(Float),
        Iterable(Unicode),
        Elsewhere,
        Unicode(sub_ns="urn:elsewhere", sub_name="Value"),
        SelfReference,
    ],
    ids=str,
)
def test_an_unsupported_member_stops_the_start_with_its_name(member):
    stopped = taking(with_member(member))
    with pytest.raises(UnsupportedShape, match=r"^Do\.value\.Value"):
        compile_service(stopped)


def test_a_bare_method_stops_the_start():
    def do(ctx, value):
        """Do nothing."""

    do.__name__ = "Do"
    with pytest.raises(UnsupportedShape):
        compile_service(application(rpc(Everything, _body_style="bare")(do)))


def test_a_polymorphic_service_stops_the_start():
    polymorphic = stock_application(DeskService, NAMESPACE)
    polymorphic.out_protocol.polymorphic = True
    with pytest.raises(UnsupportedShape):
        compile_service(polymorphic)


def test_a_method_without_context_stops_the_start():
    def do(value):
        """Do nothing."""

    do.__name__ = "Do"
    with pytest.raises(UnsupportedShape):
        compile_service(application(srpc(Unicode)(do)))


def test_the_plan_says_what_the_class_says():
    (descriptor,) = stock_application(DeskService, NAMESPACE).interface.service_method_map[
        f"{{{NAMESPACE}}}Echo"
    ]
    plan = plan_message(descriptor.in_message, NAMESPACE)
    value, count = plan.fields
    members = {member.name: member for member in value.fields}
    assert (count.kind, count.nillable, count.highest) == (Kind.INTEGER, True, 2**31 - 1)
    assert list(members)[-1] == "Extra"  # inherited members come first
    assert members["Must"].required
    assert members["Colour"].words == {"red", "dark blue"}
    assert members["Content"].base64
    assert members["Notes"].many
    assert members["Costs"].fields[0].tag == f"{{{NAMESPACE}}}Cost"
    assert members["Lines"].type_name == f"{{{NAMESPACE}}}Cost"


def test_names_on_the_wire_may_differ_from_names_in_python():
    renamed = taking(with_member(Unicode(sub_name="Wire")))
    (operation,) = compile_service(renamed).values()
    (member,) = operation.plan.fields[0].fields
    assert (member.name, member.local_name) == ("Value", "Wire")
