"""The desk's SOAP side: its WSDL, how it reads a call and writes an answer."""

import base64
from collections.abc import Mapping
from typing import Any

from lxml import etree

NAMESPACE = "urn:northwind:desk:1"
PATH = "/desk/TicketService"
ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}

_WSDL = """<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="TicketService" targetNamespace="urn:northwind:desk:1"
    xmlns:t="urn:northwind:desk:1" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
  <wsdl:types>
    <xs:schema targetNamespace="urn:northwind:desk:1" elementFormDefault="qualified">
      {imports}
      <xs:complexType name="File"><xs:sequence>
        <xs:element name="Name" type="xs:string"/>
        <xs:element name="Data" type="xs:base64Binary"/>
      </xs:sequence></xs:complexType>
      <xs:complexType name="Files"><xs:sequence>
        <xs:element name="File" type="t:File" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence></xs:complexType>
      <xs:simpleType name="Weight"><xs:restriction base="xs:int">
        <xs:minInclusive value="1"/><xs:maxInclusive value="5"/>
      </xs:restriction></xs:simpleType>
      <xs:element name="CreateIncident"><xs:complexType><xs:sequence>
        <xs:element name="CallerTicket" type="xs:long"/>
        <xs:element name="Task" type="xs:long"/>
        <xs:element name="CallbackHash" type="xs:string" minOccurs="0"/>
        <xs:element name="Text" type="xs:string"/>
        <xs:element name="EventId" type="xs:string"/>
        <xs:element name="Weight" type="t:Weight" minOccurs="0"/>
        <xs:element name="Urgent" type="xs:boolean" minOccurs="0"/>
        <xs:element name="Due" type="xs:date" minOccurs="0"/>
        <xs:element name="Opened" type="xs:dateTime" minOccurs="0"/>
        <xs:element name="Price" type="xs:decimal" minOccurs="0"/>
        <xs:element name="Fetched" type="xs:boolean" minOccurs="0" nillable="true"/>
        <xs:element name="Files" type="t:Files" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="CreateIncidentResponse"><xs:complexType><xs:sequence>
        <xs:element name="CreateIncidentResult"><xs:complexType><xs:sequence>
          <xs:element name="Number" type="xs:string" minOccurs="0"/>
          <xs:element name="State" type="xs:string"/>
        </xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="Tenant" type="xs:int"/>
      <xs:element name="Tell"><xs:complexType><xs:sequence>
        <xs:element name="Text" type="xs:string"/>
      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="CreateIncidentIn">
    <wsdl:part name="parameters" element="t:CreateIncident"/>
  </wsdl:message>
  <wsdl:message name="CreateIncidentOut">
    <wsdl:part name="parameters" element="t:CreateIncidentResponse"/>
  </wsdl:message>
  <wsdl:message name="Head"><wsdl:part name="Tenant" element="t:Tenant"/></wsdl:message>
  <wsdl:message name="TellIn"><wsdl:part name="parameters" element="t:Tell"/></wsdl:message>
  <wsdl:portType name="Desk">
    <wsdl:operation name="CreateIncident">
      <wsdl:input message="t:CreateIncidentIn"/><wsdl:output message="t:CreateIncidentOut"/>
    </wsdl:operation>
    <wsdl:operation name="Tell"><wsdl:input message="t:TellIn"/></wsdl:operation>
  </wsdl:portType>
  {bindings}
  <wsdl:service name="TicketService">
    <wsdl:port name="Desk11" binding="t:Desk11"><soap:address location="{address}"/></wsdl:port>
    <wsdl:port name="Desk12" binding="t:Desk12"><soap12:address location="{address}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""
_BINDING = """<wsdl:binding name="{name}" type="t:Desk">
    <{soap}:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="CreateIncident">
      <{soap}:operation soapAction="urn:northwind:desk:1/CreateIncident"/>
      <wsdl:input><{soap}:body use="literal"/>
        <{soap}:header message="t:Head" part="Tenant" use="literal"/></wsdl:input>
      <wsdl:output><{soap}:body use="literal"/></wsdl:output>
    </wsdl:operation>
    <wsdl:operation name="Tell">
      <{soap}:operation soapAction="urn:northwind:desk:1/Tell"/>
      <wsdl:input><{soap}:body use="literal"/></wsdl:input>
    </wsdl:operation>
  </wsdl:binding>"""


def wsdl(address: str, imports: str = "") -> bytes:
    """Write the WSDL of a desk at this address, with further elements in its schema."""
    bindings = _BINDING.format(name="Desk11", soap="soap")
    bindings += _BINDING.format(name="Desk12", soap="soap12")
    return _WSDL.format(address=address, bindings=bindings, imports=imports).encode()


class NoCall(Exception):
    """It is no call of the desk."""


def read(body: bytes) -> tuple[str, str, dict[str, Any]]:
    """Give SOAP version, operation and arguments of a call."""
    try:
        root = etree.fromstring(body)
    except etree.XMLSyntaxError as error:
        raise NoCall from error
    version = next((v for v, ns in ENVELOPES.items() if root.tag == f"{{{ns}}}Envelope"), None)
    call = root.find(f"{{{ENVELOPES[version]}}}Body/*") if version else None
    if version is None or call is None:
        raise NoCall
    data: dict[str, Any] = {
        each.tag.rpartition("}")[2]: each.text or "" for each in call if not len(each)
    }
    found = call.findall(f"{{{NAMESPACE}}}Files/{{{NAMESPACE}}}File")
    if found:
        data["Files"] = [
            (file[0].text or "", base64.b64decode(file[1].text or "")) for file in found
        ]
    tenant = root.findtext(f"{{{ENVELOPES[version]}}}Header/{{{NAMESPACE}}}Tenant")
    return version, call.tag.rpartition("}")[2], data | ({"Tenant": tenant} if tenant else {})


def answer(version: str, number: str) -> bytes:
    """Write the answer of CreateIncident; without a number it comes later."""
    shown = f"<t:Number>{number}</t:Number>" if number else ""
    return _envelope(
        version,
        f'<t:CreateIncidentResponse xmlns:t="{NAMESPACE}"><t:CreateIncidentResult>{shown}'
        "<t:State>taken</t:State></t:CreateIncidentResult></t:CreateIncidentResponse>",
    )


def fault(version: str, *, ours: bool, text: str = "the desk is on fire") -> bytes:
    """Write a fault of ours, or of the caller."""
    if version == "1.2":
        code = "Receiver" if ours else "Sender"
        return _envelope(
            version,
            f"<e:Fault><e:Code><e:Value>e:{code}</e:Value></e:Code>"
            f'<e:Reason><e:Text xml:lang="en">{text}</e:Text></e:Reason></e:Fault>',
        )
    code = "Server" if ours else "Client"
    return _envelope(
        version,
        f"<e:Fault><faultcode>e:{code}</faultcode><faultstring>{text}</faultstring></e:Fault>",
    )


def _envelope(version: str, content: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="{ENVELOPES[version]}">'
        f"<e:Body>{content}</e:Body></e:Envelope>"
    ).encode()


def head(headers: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, str]:
    """Give what a call says about its event."""
    event = headers.get("X-Gateway-Event-Id") or str(data.get("EventId") or data.get("event") or "")
    return {
        "event": event,
        "key": headers.get("Idempotency-Key") or event,
        "attempt": headers.get("X-Gateway-Delivery-Attempt") or "",
    }
