"""Corpus groups A (document type, entities, instructions) and B (sizes)."""

from base64 import b64encode
from gzip import compress

from gateway.soap.envelope import SoapVersion
from tests.attack.attacks import (
    CANARY_FILE,
    CHARSET,
    LISTENER,
    LOGIN,
    MALFORMED,
    MARKUP,
    SCHEMA,
    SHAPE,
    UNREADABLE,
    V11,
    Attack,
    Builder,
    DoorRefusal,
    InTime,
    Refusal,
    body,
    members,
    pinged,
    saved,
    text,
)
from tests.kit.envelopes import XSI, Sent, envelope
from tests.kit.probe import NAMESPACE, ping

MIB = 1024 * 1024

DTD_OR_BROKEN = Refusal(("GW-113", "GW-112"))
NOT_VALID = Refusal(("GW-120",), (*SCHEMA.stages, *UNREADABLE.stages))
CODING_OR_BROKEN = Refusal(("GW-111", "GW-112"))


def _doctype(subset: str, content: str = "hello") -> Builder:
    return text(content, before=f"<!DOCTYPE Envelope {subset}>")


def _laughs(levels: int = 9) -> str:
    entities = ['<!ENTITY l0 "lol">']
    entities += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels + 1)]
    return "[" + "".join(entities) + "]"


def _encoded(codec: str, before: str = "<!DOCTYPE Envelope>") -> Builder:
    def build(version: SoapVersion) -> Sent:
        return Sent(
            body=(before + envelope(version, ping(), LOGIN)).encode(codec),
            content_type=version.media_type,
        )

    return build


def _multipart(inner: Builder) -> Builder:
    def build(version: SoapVersion) -> Sent:
        part = inner(version).body
        return Sent(
            body=b"--b\r\nContent-Type: application/xop+xml\r\n\r\n" + part + b"\r\n--b--",
            content_type='multipart/related; boundary=b; type="application/xop+xml"',
        )

    return build


def _with(build: Builder, **headers: str) -> Builder:
    return lambda version: build(version).with_headers(**headers)


def _gzipped(version: SoapVersion) -> Sent:
    return Sent(body=compress(body(ping())(version).body), headers={"content-encoding": "gzip"})


_A: dict[str, Builder] = {
    "A1 bare doctype": _doctype(""),
    "A2 internal entity in text": _doctype('[<!ENTITY x "canary">]', "a&x;b"),
    "A2 internal entity in attribute": body(
        f'<Ping_V1 xmlns="{NAMESPACE}"><Text a="&x;">b</Text></Ping_V1>',
        before='<!DOCTYPE Envelope [<!ENTITY x "canary">]>',
    ),
    "A3 external entity on a file": _doctype(f'[<!ENTITY x SYSTEM "{CANARY_FILE}">]', "&x;"),
    "A4 external entity by http": _doctype(f'[<!ENTITY x SYSTEM "{LISTENER}/x">]', "&x;"),
    "A5 parameter entity": _doctype(f'[<!ENTITY % p SYSTEM "{LISTENER}/p"> %p;]'),
    "A5 external subset": _doctype(f'SYSTEM "{LISTENER}/dtd"'),
    "A5 public external subset": _doctype(f'PUBLIC "-//X" "{LISTENER}/dtd"'),
    "A6 billion laughs in text": _doctype(_laughs(), "&l9;"),
    "A6 billion laughs in attribute": body(
        f'<Ping_V1 xmlns="{NAMESPACE}"><Text a="&l9;">b</Text></Ping_V1>',
        before=f"<!DOCTYPE Envelope {_laughs()}>",
    ),
    "A7 quadratic blow-up": _doctype(f'[<!ENTITY x "{"y" * 100_000}">]', "&x;" * 200),
    "A7 quadratic blow-up in attribute": body(
        f'<Ping_V1 xmlns="{NAMESPACE}"><Text a="{"&x;" * 200}">b</Text></Ping_V1>',
        before=f'<!DOCTYPE Envelope [<!ENTITY x "{"y" * 100_000}">]>',
    ),
}


def _only_a_dtd(_version: SoapVersion) -> Sent:
    return Sent(body=b"<!DOCTYPE Envelope>")


def _after_the_root(version: SoapVersion) -> Sent:
    return Sent(body=(envelope(version, ping(), LOGIN) + "<?stop now?>").encode())


GROUP_A: tuple[Attack, ...] = (
    *(Attack(name, DTD_OR_BROKEN, build) for name, build in _A.items()),
    *(
        Attack(name.replace("A", "A9 ", 1), DoorRefusal(415), _multipart(build))
        for name, build in _A.items()
    ),
    Attack("A5 nothing but a DTD", MALFORMED, _only_a_dtd),
    Attack("A8 UTF-16 without mark", CODING_OR_BROKEN, _encoded("utf-16-le")),
    Attack("A8 UTF-16 big endian without mark", CODING_OR_BROKEN, _encoded("utf-16-be")),
    Attack("A8 UTF-16 with mark", MARKUP, _encoded("utf-16")),
    Attack("A8 UTF-7", CHARSET, _encoded("utf-7", '<?xml version="1.0" encoding="UTF-7"?>')),
    Attack("A8 UTF-32", Refusal(("GW-111", "GW-112")), _encoded("utf-32")),
    Attack("A8 UTF-32 without mark", CODING_OR_BROKEN, _encoded("utf-32-be")),
    Attack("A8 EBCDIC", CODING_OR_BROKEN, _encoded("cp037")),
    Attack("A8 lower case", MALFORMED, text("hello", before="<!doctype Envelope>")),
    Attack("A8 after blanks", MARKUP, text("hello", before=" " * 65_536 + "<!DOCTYPE Envelope>")),
    Attack(
        "A8 after comments",
        MARKUP,
        text("hello", before="<!-- pardon -->" * 5_000 + "<!DOCTYPE Envelope>"),
    ),
    Attack(
        "A10 XInclude of a file",
        Refusal(("GW-113", "GW-120")),
        text(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{CANARY_FILE}"/>'),
    ),
    Attack(
        "A11 schemaLocation",
        pinged("hello"),
        body(
            ping(),
            attributes=f' xmlns:i="{XSI}" i:schemaLocation="{NAMESPACE} {LISTENER}/x.xsd"',
        ),
    ),
    Attack(
        "A11 schemaLocation on the call",
        pinged("hello"),
        body(
            f'<Ping_V1 xmlns="{NAMESPACE}" xmlns:i="{XSI}" i:schemaLocation="{NAMESPACE}'
            f' {LISTENER}/x.xsd"><Text>hello</Text></Ping_V1>'
        ),
    ),
    Attack("A12 instruction before the root", MARKUP, text("hello", before="<?stop now?>")),
    Attack("A12 instruction in the text", MARKUP, text("a<?stop now?>b")),
    Attack("A12 instruction in the call", MARKUP, body(ping().replace("<Text", "<?stop?><Text"))),
    Attack("A12 instruction in the Header", MARKUP, body(ping(), header="<?stop now?>")),
    Attack(
        "A12 instruction beside the call", Refusal(("GW-113", "GW-115")), body("<?x?>" + ping())
    ),
    Attack("A12 instruction after the root", MARKUP, _after_the_root),
    Attack(
        "A13 predefined entities, numeric references",
        pinged("<&>\"'A\u20ac"),
        text("&lt;&amp;&gt;&quot;&apos;&#65;&#x20AC;"),
    ),
    Attack("A13 doctype as text", pinged("<!DOCTYPE html>"), text("<![CDATA[<!DOCTYPE html>]]>")),
)


def _nested(depth: int, *, closed: bool = True) -> Builder:
    ends = "</a>" * depth if closed else ""
    return text("<a>" * depth + ends)


def _attributes(count: int) -> Builder:
    many = "".join(f' a{n}="1"' for n in range(count))
    return body(f'<Ping_V1 xmlns="{NAMESPACE}"><Text{many}>b</Text></Ping_V1>')


def _namespaces(count: int) -> Builder:
    many = "".join(f' xmlns:n{n}="urn:{n}"' for n in range(count))
    return body(f'<Ping_V1 xmlns="{NAMESPACE}"><Text{many}>hello</Text></Ping_V1>')


def _redeclared(levels: int) -> Builder:
    opened = "".join(f'<x:l{n} xmlns:x="urn:{n}">' for n in range(levels))
    closed = "".join(f"</x:l{n}>" for n in reversed(range(levels)))
    return body(ping(), header=opened + closed)


def _names(count: int) -> Builder:
    return text("".join(f"<n{n}/>" for n in range(count)))


def _tags(count: int) -> Builder:
    tags = "<string>t</string>" * count
    return members(f"<Tags>{tags}</Tags>")


def _file(size: int) -> str:
    """Give base64 text of exactly this many characters."""
    return b64encode(b"x" * (size * 3 // 4)).decode()


def _large() -> Builder:
    three = f"<Text>{'x' * (3 * MIB)}</Text>" * 3
    return body(f'<Ping_V1 xmlns="{NAMESPACE}">{three}</Ping_V1>')


LIMIT_OF_TEXT = 4 * MIB
LIMIT_OF_FILE = 17 * MIB // 2

GROUP_B: tuple[Attack, ...] = (
    Attack("B1 depth 60", SCHEMA, _nested(60)),
    Attack("B1 depth 65", SHAPE, _nested(61)),
    Attack("B1 depth 256", Refusal(("GW-114", "GW-112")), _nested(256)),
    Attack("B1 depth 15 000", MALFORMED, _nested(15_000)),
    Attack("B1 depth 65, not closed", MALFORMED, _nested(61, closed=False)),
    Attack("B1 depth 15 000, not closed", MALFORMED, _nested(15_000, closed=False)),
    Attack("B2 64 attributes", SCHEMA, _attributes(64)),
    Attack("B2 65 attributes", SHAPE, _attributes(65)),
    Attack("B2 500 attributes", SHAPE, _attributes(500)),
    Attack("B2 20 000 attributes", SHAPE, _attributes(20_000)),
    Attack("B2 160 000 attributes", SHAPE, _attributes(160_000)),
    Attack("B3 2 000 siblings", saved(Tags=["t"] * 2_000), _tags(2_000)),
    Attack("B3 2 001 siblings", SHAPE, _tags(2_001)),
    Attack("B3 12 000 valid entries", SHAPE, _tags(12_000)),
    Attack("B3 50 000 siblings", SHAPE, _tags(50_000)),
    Attack("B3 100 000 siblings", SHAPE, _tags(100_000)),
    Attack("B3 8 MiB of siblings", SHAPE, text("<b/>" * (2 * MIB - 1_000))),
    Attack("B4 64 namespaces", pinged("hello"), _namespaces(63)),
    Attack("B4 65 namespaces", SHAPE, _namespaces(65)),
    Attack("B4 16 000 namespaces", SHAPE, _namespaces(16_000)),
    Attack("B4 60 levels redeclare", pinged("hello"), _redeclared(60)),
    Attack("B5 element name of 257", SHAPE, text(f"<{'n' * 257}/>")),
    Attack("B5 element name of 50 000", SHAPE, text(f"<{'n' * 50_000}/>")),
    Attack(
        "B5 element name of 200 000", Refusal(("GW-112", "GW-114")), text(f"<{'n' * 200_000}/>")
    ),
    Attack("B5 attribute name of 257", SHAPE, text(f'<a {"n" * 257}="1"/>')),
    Attack("B5 attribute name of 50 000", SHAPE, text(f'<a {"n" * 50_000}="1"/>')),
    Attack("B5 prefix of 257", SHAPE, text(f'<a xmlns:{"n" * 257}="urn:x"/>')),
    Attack("B5 prefix of 50 000", SHAPE, text(f'<a xmlns:{"n" * 50_000}="urn:x"/>')),
    Attack("B5 namespace of 200 000", SHAPE, text(f'<a xmlns="{"n" * 200_000}"><b/></a>')),
    Attack("B6 above the cap of the operation", DoorRefusal(413), _large()),
    Attack("B7 gzip", DoorRefusal(415), _gzipped),
    Attack("B7 deflate", DoorRefusal(415), _with(text("hello"), content_encoding="deflate")),
    Attack("B7 unknown coding", DoorRefusal(415), _with(text("hello"), content_encoding="br, x")),
    Attack("B8 1 250 names", InTime(), _names(1_250)),
    Attack("B8 33 750 names", InTime(), _names(33_750)),
    Attack("B9 comment of 1 MB", pinged("ab"), text(f"a<!--{'x' * MIB}-->b")),
    Attack("B9 1 million comments", SHAPE, text("<!---->" * 1_000_000)),
    Attack(
        "B9 CDATA of 4 MiB", pinged("x" * LIMIT_OF_TEXT), text(f"<![CDATA[{'x' * LIMIT_OF_TEXT}]]>")
    ),
    Attack("B9 CDATA with 50 000 <", InTime(), text(f"<![CDATA[{'<' * 50_000}]]>")),
    Attack("B10 text at its maximum", pinged("x" * LIMIT_OF_TEXT), text("x" * LIMIT_OF_TEXT)),
    Attack("B10 text above its maximum", SHAPE, text("x" * (LIMIT_OF_TEXT + 1))),
    Attack(
        "B11 base64 at its maximum",
        saved(Content=b"x" * (LIMIT_OF_FILE * 3 // 4)),
        members(f"<Content>{_file(LIMIT_OF_FILE)}</Content>"),
        (V11,),
    ),
    Attack(
        "B11 base64 above its maximum",
        SHAPE,
        members(f"<Content>{_file(LIMIT_OF_FILE + 4)}</Content>"),
        (V11,),
    ),
    Attack(
        "B11 broken base64",
        NOT_VALID,
        members("<Content>aGk</Content>"),
    ),
    Attack(
        "B11 base64 with line breaks",
        saved(Content=b"hi"),
        members("<Content>\n aG\r\nk= \n</Content>"),
    ),
    Attack("B11 no base64 at all", UNREADABLE, members("<Content>!!</Content>")),
    Attack(
        "B2 header block of 65 KiB",
        SHAPE,
        body(ping(), header=f'<x:h xmlns:x="urn:x">{"x" * 65_536}</x:h>'),
    ),
    Attack("B2 33 header blocks", SHAPE, body(ping(), header='<x:h xmlns:x="urn:x"/>' * 33)),
)
