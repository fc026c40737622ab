"""H1 to H34: inputs that stock Spyne takes wrongly (soap-engine page, section 2).

Most are entries of the other groups already; they stand here once more under their number, so
that the table of the page can be read off.
"""

from tests.attack.attacks import (
    CHARSET,
    MALFORMED,
    SCHEMA,
    Attack,
    Builder,
    DoorRefusal,
    Refusal,
    body,
    members,
    text,
)
from tests.attack.envelope_attacks import GROUP_C, raw
from tests.attack.value_attacks import GROUP_E
from tests.attack.xml_attacks import GROUP_A, GROUP_B
from tests.kit.envelopes import Sent, content_type, envelope
from tests.kit.probe import NAMESPACE, ping

_OTHERS = {attack.id: attack for attack in (*GROUP_A, *GROUP_B, *GROUP_C, *GROUP_E)}


def _as(number: str, other: str) -> Attack:
    attack = _OTHERS[other]
    return Attack(f"{number} is {other}", attack.expected, attack.build, attack.versions)


def _typed(media_type: str) -> Builder:
    def build(version: object) -> Sent:
        del version
        return Sent(body=b'{"a": 1}', content_type=media_type)

    return build


_JUNK = "9" * 500_000

GROUP_H: tuple[Attack, ...] = (
    _as("H1", "A1 bare doctype"),
    _as("H1", "A2 internal entity in text"),
    _as("H1", "A3 external entity on a file"),
    _as("H1", "A8 UTF-16 with mark"),
    _as("H1", "A8 after comments"),
    _as("H2", "A2 internal entity in text"),
    _as("H3", "A6 billion laughs in text"),
    _as("H3", "A7 quadratic blow-up"),
    _as("H4", "A12 instruction in the text"),
    _as("H5", "C14 XML 1.1"),
    _as("H5", "A8 UTF-7"),
    _as("H5", "A8 UTF-32"),
    _as("H6", "C6 href to nothing"),
    _as("H6", "C6 pair"),
    _as("H7", "B2 20 000 attributes"),
    _as("H7", "B4 16 000 namespaces"),
    Attack("H8 20 000 siblings", Refusal(("GW-114",)), text("<b/>" * 20_000)),
    _as("H8", "B3 12 000 valid entries"),
    _as("H9", "C11 xsi:type of another class"),
    Attack("H10 empty body", MALFORMED, raw(b"")),
    _as("H11", "C1 no Body"),
    _as("H11", "C1 Body with text"),
    _as("H11", "C2 Fault as request"),
    _as("H12", "C2 two Bodies"),
    _as("H12", "C2 two children"),
    _as("H12", "C2 element after Body"),
    _as("H13", "C5 mustUnderstand 1"),
    _as("H13", "C5 mustUnderstand true"),
    Attack("H14 JSON", DoorRefusal(415), _typed("application/json")),
    Attack("H14 form", DoorRefusal(415), _typed("application/x-www-form-urlencoded")),
    Attack("H14 multipart", DoorRefusal(415), _typed("multipart/form-data; boundary=b")),
    Attack("H14 plain text", DoorRefusal(415), _typed("text/plain")),
    Attack("H14 no type", DoorRefusal(415), _typed(" ")),
    _as("H15", "C13 unknown charset"),
    _as("H15", "C13 bytes not in UTF-8"),
    _as("H15", "C13 header and prolog differ"),
    _as("H16", "B7 gzip"),
    _as("H17", "C7 action of another operation"),
    _as("H18", "E12 nil=false with content"),
    _as("H19", "E11 boolean ' true '"),
    _as("H20", "B11 no base64 at all"),
    _as("H21", "E4 date '2025-06-27T24:00:00Z'"),
    _as("H22", "E4 date '0000-01-01T00:00:00Z'"),
    _as("H22", "E4 date '10000-01-01T00:00:00Z'"),
    _as("H23", "E4 date in blanks"),
    _as("H24", "C11 xsi:type string on an int"),
    _as("H24", "C11 xsi:type short on an int"),
    _as("H25", "C15 wrapper with blanks"),
    _as("H25", "C15 nil wrapper"),
    Attack("H26 integer of 500 000 digits", SCHEMA, members(f"<Count>{_JUNK}</Count>")),
    _as("H31", "C10 extra element"),
    _as("H32", "C9 unknown operation"),
    Attack(
        "H15 charset of the header, none in the prolog",
        CHARSET,
        lambda version: Sent(
            body=envelope(version, ping("\u00fc")).encode("utf-8"),
            content_type=content_type(version, "us-ascii"),
        ),
    ),
    Attack("H26 junk in an element's name", SCHEMA, members(f"<{'n' * 250}/>")),
    Attack(
        "H25 blanks in a wrapper with content",
        SCHEMA,
        body(f'<Ping_V1 xmlns="{NAMESPACE}">x</Ping_V1>'),
    ),
)
