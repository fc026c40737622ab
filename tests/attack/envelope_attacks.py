"""Corpus group C: envelopes, headers, actions, operations and encodings."""

from gateway.soap.envelope import SoapVersion
from tests.attack.attacks import (
    ACTION,
    CHARSET,
    HEADER,
    LISTENER,
    LOGIN,
    LOGIN_WRONG,
    MALFORMED,
    MARKUP,
    NOT_ONE_CALL,
    OPERATION,
    SCHEMA,
    V11,
    V12,
    VERSION,
    Attack,
    Builder,
    DoorRefusal,
    Refusal,
    body,
    members,
    pinged,
    saved,
    text,
)
from tests.kit.envelopes import XSD, XSI, Sent, content_type, envelope, security
from tests.kit.probe import NAMESPACE, SECRET, USER, note, ping

OTHER = {V11: V12, V12: V11}
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ADDRESSING = "http://www.w3.org/2005/08/addressing"


def raw(data: bytes | str) -> Builder:
    """Send exactly this, in whatever version."""
    return lambda _version: Sent(body=data.encode() if isinstance(data, str) else data)


def markup(template: str) -> Builder:
    """Send this envelope; NS stands for its namespace, LOGIN for a header with a login."""

    def build(version: SoapVersion) -> Sent:
        filled = template.replace("NS", version.namespace)
        return Sent(body=filled.replace("LOGIN", f"<s:Header>{LOGIN}</s:Header>").encode())

    return build


def _shape(content: str) -> Builder:
    return markup(f'<s:Envelope xmlns:s="NS">{content}</s:Envelope>')


def _header(attribute: str, name: str = "x:h") -> Builder:
    """Build a request with a header block of its own; S stands for the envelope's prefix."""
    return body(ping(), header=f'<{name} xmlns:x="urn:x" {attribute}/>')


def _role(name: str, version: SoapVersion, value: str) -> Attack:
    build = _header(f'xmlns:e="{version.namespace}" e:mustUnderstand="1" e:{name}="{value}"')
    return Attack(f"C5 mustUnderstand for role {value or 'none given'}", HEADER, build, (version,))


def _must(value: str) -> Builder:
    def build(version: SoapVersion) -> Sent:
        return _header(f'xmlns:e="{version.namespace}" e:mustUnderstand="{value}"')(version)

    return build


def _other_role(version: SoapVersion) -> Sent:
    name = "actor" if version is V11 else "role"
    attribute = f'xmlns:e="{version.namespace}" e:mustUnderstand="1" e:{name}="urn:other"'
    return _header(attribute)(version)


def _other_type(version: SoapVersion) -> Sent:
    return Sent(
        body=envelope(version, ping(), LOGIN).encode(), content_type=content_type(OTHER[version])
    )


def _acting(action: str) -> Builder:
    """Send a SOAPAction, and in 1.2 the parameter as well."""

    def build(version: SoapVersion) -> Sent:
        sent = text("hello")(version).with_headers(soapaction=action)
        if version is V11 or '"' in action:
            return sent
        return Sent(body=sent.body, content_type=f'{content_type(version)}; action="{action}"')

    return build


def _parameter(between: str) -> Builder:
    def build(version: SoapVersion) -> Sent:
        given = f'{content_type(version)};{between}action="{NAMESPACE}:Ping_V1"'
        return Sent(body=text("hello")(version).body, content_type=given)

    return build


def _encoded(codec: str, *, charset: str | None, prolog: str | None) -> Builder:
    """Send a word with an umlaut; charset stands in the header, prolog in the XML."""

    def build(version: SoapVersion) -> Sent:
        head = "" if prolog is None else f'<?xml version="1.0" encoding="{prolog}"?>'
        given = version.media_type if charset is None else content_type(version, charset)
        return Sent(
            body=(head + envelope(version, ping("Tür"), LOGIN)).encode(codec), content_type=given
        )

    return build


def _prolog(prolog: str) -> Builder:
    return text("hello", before=prolog)


def _after(rest: str) -> Builder:
    return lambda version: Sent(body=text("hello")(version).body + rest.encode())


def _references(content: str) -> Builder:
    return body(f'<Ping_V1 xmlns="{NAMESPACE}">{content}</Ping_V1>')


def _typed(attribute: str, content: str = "7", element: str = "Count") -> Builder:
    return members(f'<{element} xmlns:i="{XSI}" xmlns:d="{XSD}" {attribute}>{content}</{element}>')


def _login_with(name: str, secret: str = SECRET) -> Builder:
    token = (
        f"<w:UsernameToken><w:Username>{name}</w:Username><w:Password>{secret}</w:Password>"
        "</w:UsernameToken>"
    )
    return lambda version: Sent(body=envelope(version, ping(), security(token)).encode())


_CHAIN = "".join(f'<Text id="n{n}" href="#n{n + 1}"/>' for n in range(1_900))
_DOUBLING = "".join(
    f'<x id="d{n}"><a href="#d{n + 1}"/><b href="#d{n + 1}"/></x>' for n in range(30)
)
_ACTION = f"{NAMESPACE}:Ping_V1"

GROUP_C: tuple[Attack, ...] = (
    Attack("C1 no Body", NOT_ONE_CALL, _shape("LOGIN")),
    Attack("C1 empty envelope", NOT_ONE_CALL, _shape("")),
    Attack("C1 empty Body", NOT_ONE_CALL, _shape("LOGIN<s:Body/>")),
    Attack("C1 Body with text", NOT_ONE_CALL, _shape("LOGIN<s:Body>text</s:Body>")),
    Attack("C1 text beside the call", NOT_ONE_CALL, _shape(f"LOGIN<s:Body>t{ping()}</s:Body>")),
    Attack("C1 text beside the Body", NOT_ONE_CALL, _shape(f"LOGIN<s:Body>{ping()}</s:Body>t")),
    Attack("C2 two Bodies", NOT_ONE_CALL, _shape(f"LOGIN<s:Body>{ping()}</s:Body>" * 2)),
    Attack("C2 two children", NOT_ONE_CALL, body(ping() + ping())),
    Attack("C2 element after Body", NOT_ONE_CALL, _shape(f"<s:Body>{ping()}</s:Body>LOGIN")),
    Attack("C2 two Headers", NOT_ONE_CALL, _shape(f"LOGINLOGIN<s:Body>{ping()}</s:Body>")),
    Attack(
        "C2 instruction beside the Body",
        MARKUP,
        _shape(f"LOGIN<?stop now?><s:Body>{ping()}</s:Body>"),
    ),
    Attack("C2 Fault as request", NOT_ONE_CALL, _shape("LOGIN<s:Body><s:Fault/></s:Body>")),
    Attack("C2 element before Header", NOT_ONE_CALL, _shape(f"<x/>LOGIN<s:Body>{ping()}</s:Body>")),
    Attack(
        "C3 other envelope namespace", VERSION, raw('<Envelope xmlns="urn:x"><Body/></Envelope>')
    ),
    Attack("C3 envelope without namespace", VERSION, raw("<Envelope><Body/></Envelope>")),
    Attack("C3 version under the other's type", VERSION, _other_type),
    Attack("C4 HTML", Refusal(("GW-112", "GW-115")), raw("<html><body>hi</body></html>")),
    Attack("C4 HTML not closed", MALFORMED, raw("<html><br></html>")),
    Attack("C4 JSON", MALFORMED, raw('{"a": 1}')),
    Attack("C4 one byte", MALFORMED, raw(b"<")),
    Attack("C4 binary", Refusal(("GW-112", "GW-111")), raw(bytes(range(256)) * 16)),
    Attack("C4 empty", MALFORMED, raw(b"")),
    Attack("C4 blanks", MALFORMED, raw(b" \n ")),
    Attack("C5 mustUnderstand 1", HEADER, _must("1")),
    Attack("C5 mustUnderstand true", HEADER, _must("true")),
    Attack("C5 mustUnderstand 0", pinged("hello"), _must("0")),
    Attack("C5 mustUnderstand false", pinged("hello"), _must("false")),
    Attack("C5 mustUnderstand nonsense", NOT_ONE_CALL, _must("yes")),
    Attack("C5 mustUnderstand for another role", pinged("hello"), _other_role),
    _role("actor", V11, "http://schemas.xmlsoap.org/soap/actor/next"),
    _role("actor", V11, ""),
    _role("role", V12, f"{V12.namespace}/role/next"),
    _role("role", V12, f"{V12.namespace}/role/ultimateReceiver"),
    Attack("C6 href to nothing", MARKUP, _references('<Text href="#nowhere"/>')),
    Attack("C6 href to itself", MARKUP, _references('<Text id="a" href="#a"/>')),
    Attack(
        "C6 pair",
        MARKUP,
        _references('<Text id="a" href="#b"/><Text id="b" href="#a"/>'),
    ),
    Attack("C6 chain", MARKUP, _references(_CHAIN)),
    Attack("C6 doubling", MARKUP, _references(_DOUBLING)),
    Attack("C6 id on the call", MARKUP, body(f'<Ping_V1 xmlns="{NAMESPACE}" id="x"/>')),
    Attack("C7 action quoted", pinged("hello"), _acting(f'"{_ACTION}"')),
    Attack("C7 action bare", pinged("hello"), _acting(_ACTION)),
    Attack("C7 action empty", pinged("hello"), _acting('""')),
    Attack("C7 action absent", pinged("hello"), text("hello")),
    Attack("C7 action of another operation", ACTION, _acting(f"{NAMESPACE}:SaveNote_V1")),
    Attack("C7 action of another version", ACTION, _acting(f"{NAMESPACE}:Ping_V2")),
    Attack("C7 action of 8 KB", ACTION, _acting("x" * 8_192)),
    Attack("C7 action with a line break", ACTION, _acting(f'"{_ACTION}\r\nX: y"')),
    Attack("C7 action given twice", ACTION, _acting(f'"{_ACTION}", "{_ACTION}"')),
    Attack("C7 parameter after a blank", pinged("hello"), _parameter(" "), (V12,)),
    Attack("C7 parameter without blank", pinged("hello"), _parameter(""), (V12,)),
    Attack(
        "C8 ReplyTo and FaultTo",
        pinged("hello"),
        body(
            ping(),
            header=f'<a:ReplyTo xmlns:a="{ADDRESSING}"><a:Address>{LISTENER}/reply</a:Address>'
            f'</a:ReplyTo><a:FaultTo xmlns:a="{ADDRESSING}"><a:Address>{LISTENER}/fault'
            "</a:Address></a:FaultTo>",
        ),
    ),
    Attack("C9 unknown operation", OPERATION, body(f'<Ping_V9 xmlns="{NAMESPACE}"/>')),
    Attack("C9 wrong namespace", OPERATION, body('<Ping_V1 xmlns="urn:other"/>')),
    Attack("C9 no namespace", OPERATION, body("<Ping_V1/>")),
    Attack("C9 other letter case", OPERATION, body(f'<ping_v1 xmlns="{NAMESPACE}"/>')),
    Attack("C9 answer as request", OPERATION, body(f'<Ping_V1Response xmlns="{NAMESPACE}"/>')),
    Attack("C10 other order", SCHEMA, members("<Count>1</Count><Title>t</Title>")),
    Attack("C10 extra element", SCHEMA, members("<Extra/>")),
    Attack("C10 element missing", SCHEMA, body(note("<Title>t</Title>"))),
    Attack("C10 element twice", SCHEMA, members("<Title>t</Title><Title>u</Title>")),
    Attack("C10 other letter case", SCHEMA, members("<title>t</title>")),
    Attack("C10 text between elements", SCHEMA, members("text")),
    Attack("C11 xsi:type of the declared type", saved(Count=7), _typed('i:type="d:int"')),
    Attack("C11 xsi:type string on an int", saved(Count=7), _typed('i:type="d:string"')),
    Attack("C11 xsi:type short on an int", saved(Count=7), _typed('i:type="d:short"')),
    Attack("C11 xsi:type string, no int in it", SCHEMA, _typed('i:type="d:string"', "seven")),
    Attack(
        "C11 xsi:type of another class", SCHEMA, _typed(f'i:type="p:Result" xmlns:p="{NAMESPACE}"')
    ),
    Attack("C11 xsi:type unknown", SCHEMA, _typed('i:type="o:Nothing" xmlns:o="urn:o"')),
    Attack("C11 xsi:type of an unknown prefix", SCHEMA, _typed('i:type="q:int"')),
    Attack(
        "C11 nil on a mandatory element", SCHEMA, body(note(f'<Id xmlns:i="{XSI}" i:nil="true"/>'))
    ),
    Attack(
        "C11 encodingStyle",
        pinged("hello"),
        markup(
            f'<s:Envelope xmlns:s="NS" s:encodingStyle="{ENCODING}">LOGIN'
            f"<s:Body>{ping()}</s:Body></s:Envelope>"
        ),
    ),
    Attack(
        "C11 encodingStyle on the call",
        pinged("hello"),
        markup(
            '<s:Envelope xmlns:s="NS">LOGIN<s:Body>'
            f'<Ping_V1 xmlns="{NAMESPACE}" s:encodingStyle="{ENCODING}"><Text>hello</Text>'
            "</Ping_V1></s:Body></s:Envelope>"
        ),
    ),
    Attack("C12 comment in a value", pinged("admin"), text("adm<!-- -->in")),
    Attack("C12 comment in the login", pinged("hello"), _login_with("e<!-- -->rp")),
    Attack("C12 comment behind another's name", LOGIN_WRONG, _login_with(f"{USER}<!-- -->x")),
    Attack("C12 CDATA in pieces", pinged("<a>&b"), text("<![CDATA[<a]]>&gt;<![CDATA[&b]]>")),
    Attack("C12 CDATA in the login", pinged("hello"), _login_with("<![CDATA[er]]>p")),
    Attack("C13 mark", pinged("Tür"), _encoded("utf-8-sig", charset="utf-8", prolog=None)),
    Attack("C13 mark alone", pinged("Tür"), _encoded("utf-8-sig", charset=None, prolog=None)),
    Attack(
        "C13 UTF-16 with charset",
        pinged("Tür"),
        _encoded("utf-16", charset="utf-16", prolog="utf-16"),
    ),
    Attack(
        "C13 UTF-16 without charset",
        pinged("Tür"),
        _encoded("utf-16", charset=None, prolog="UTF-16"),
    ),
    Attack("C13 UTF-16 by its mark", pinged("Tür"), _encoded("utf-16", charset=None, prolog=None)),
    Attack(
        "C13 Latin-1 by the header",
        pinged("Tür"),
        _encoded("latin-1", charset="iso-8859-1", prolog=None),
    ),
    Attack(
        "C13 Latin-1 by the prolog",
        pinged("Tür"),
        _encoded("latin-1", charset=None, prolog="ISO-8859-1"),
    ),
    Attack(
        "C13 Latin-9",
        pinged("Tür"),
        _encoded("iso-8859-15", charset="iso-8859-15", prolog="iso-8859-15"),
    ),
    Attack("C13 Windows", pinged("Tür"), _encoded("cp1252", charset='"windows-1252"', prolog=None)),
    Attack(
        "C13 unknown charset", DoorRefusal(415), _encoded("utf-8", charset="koi8-r", prolog=None)
    ),
    Attack(
        "C13 unknown charset in the prolog",
        CHARSET,
        _encoded("utf-8", charset=None, prolog="koi8-r"),
    ),
    Attack(
        "C13 bytes not in UTF-8",
        Refusal(("GW-111", "GW-112")),
        _encoded("latin-1", charset="utf-8", prolog=None),
    ),
    Attack("C13 bytes not in ASCII", CHARSET, _encoded("utf-8", charset="us-ascii", prolog=None)),
    Attack(
        "C13 header and prolog differ",
        CHARSET,
        _encoded("utf-8", charset="utf-8", prolog="iso-8859-1"),
    ),
    Attack(
        "C13 mark and header differ",
        CHARSET,
        _encoded("utf-8-sig", charset="iso-8859-1", prolog=None),
    ),
    Attack(
        "C13 UTF-16 mark, other header", CHARSET, _encoded("utf-16", charset="utf-8", prolog=None)
    ),
    Attack("C14 standalone", pinged("hello"), _prolog('<?xml version="1.0" standalone="yes"?>')),
    Attack("C14 XML 1.1", MALFORMED, _prolog('<?xml version="1.1"?>')),
    Attack("C14 second prolog", MALFORMED, _prolog('<?xml version="1.0"?>' * 2)),
    Attack("C14 blank before the prolog", MALFORMED, _prolog('\n<?xml version="1.0"?>')),
    Attack("C14 junk after the root", MALFORMED, _after("junk")),
    Attack("C14 element after the root", MALFORMED, _after("<x/>")),
    Attack("C14 blanks after the root", pinged("hello"), _after("\r\n\r\n")),
    Attack(
        "C15 wrapper with blanks", pinged(""), body(f'<Ping_V1 xmlns="{NAMESPACE}"> \n </Ping_V1>')
    ),
    Attack(
        "C15 nil wrapper",
        pinged(""),
        body(f'<Ping_V1 xmlns="{NAMESPACE}" xmlns:i="{XSI}" i:nil="true"/>'),
    ),
)
