"""The demo data's tickets; those that the samples of the operation pages use have their ids."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from gateway.dialects.acmp.texts import (
    DEMO_COMMENT,
    DEMO_COMMENT_TO_DELETE,
    DEMO_TICKET,
    DEMO_TICKET_TO_CLOSE,
    DEMO_TICKET_TO_LINK,
    DEMO_TICKET_TO_MERGE,
    DEMO_TICKET_TO_REOPEN,
)

DEMO = UUID("de300000-0000-4000-8000-000000000000")  # from which all other ids follow
BATTERY, INVOICE, DUPLICATE = (
    uuid5(DEMO, f"ticket:{name}") for name in ("battery", "invoice", "duplicate")
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a ticket."""

    text: str
    visible: bool = False
    guid: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A ticket with its life so far."""

    title: str
    html: str
    by: str  # login of the agent who does all of it
    guid: UUID | None = None
    queue: str = "Raw"
    state: str | None = None
    priority: int = 3
    category: str | None = None
    contact: str | None = None
    agent: str | None = None
    group: str | None = None
    impact: str | None = None
    keywords: str = ""
    comments: tuple[Remark, ...] = ()
    closed: str | None = None  # the state it was closed with
    resolution: str | None = None
    minutes: int = 0  # worked on it when it was closed
    removed: bool = False

    @property
    def id(self) -> UUID:
        """Give its id: a caller's, or one that follows from its title."""
        return self.guid or uuid5(DEMO, f"ticket:{self.title}")


STORIES = (
    Story(
        guid=DEMO_TICKET,
        title="Printer on the second floor jams",
        html="Every <b>third page</b> gets stuck.<br />Since the paper was changed.",
        by="anna.schmidt",
        state="open",
        priority=4,
        category="Hardware::Printer",
        contact="petra.krueger",
        agent="anna.schmidt",
        impact="A team",
        keywords="printer paper",
        comments=(
            Remark("The left tray is worn out; rollers are ordered.", guid=DEMO_COMMENT),
            Remark("Wrong serial number, please ignore.", guid=DEMO_COMMENT_TO_DELETE),
            Remark("The new rollers come on Thursday.", visible=True),
        ),
    ),
    Story(
        guid=DEMO_TICKET_TO_CLOSE,
        title="Outlook asks for the password again and again",
        html="Since this morning, on one computer only.",
        by="emily.clark",
        state="open",
        category="Software::E-mail",
        contact="george.palmer",
        agent="emily.clark",
        impact="One person",
    ),
    Story(
        guid=DEMO_TICKET_TO_REOPEN,
        title="Kein Zugriff auf das Laufwerk Buchhaltung",
        html="Seit dem Umzug der Abteilung.",
        by="anna.schmidt",
        category="Access",
        contact="frank.vogel",
        closed="closed successful",
        resolution="Solved",
        minutes=20,
    ),
    Story(
        guid=DEMO_TICKET_TO_MERGE,
        title="Drucker im zweiten Stock druckt nicht",
        html="Papierstau, vermutlich derselbe Fehler.",
        by="emily.clark",
        state="open",
        category="Hardware::Printer",
        contact="petra.krueger",
    ),
    Story(
        guid=DEMO_TICKET_TO_LINK,
        title="Order rollers for the printers",
        html="Two sets, one for stock.",
        by="lukas.becker",
        state="open",
        priority=2,
        category="Hardware::Printer",
        agent="lukas.becker",
    ),
    Story(
        title="VPN breaks off after ten minutes",
        html="From home, with the new client.",
        by="jonas.weber",
        queue="Network",
        state="new",
        category="Network::VPN",
        contact="amelia.reid",
        impact="One person",
    ),
    Story(
        title="WLAN im Lager zu schwach",
        html="Die Scanner verlieren die Verbindung zwischen den Regalen.",
        by="jonas.weber",
        queue="Network::Wireless",
        state="assigned",
        priority=4,
        category="Network::Wireless",
        contact="petra.krueger",
        agent="jonas.weber",
        impact="A team",
        comments=(Remark("Ausleuchtung am Freitag, Leiter ist bestellt.", visible=True),),
    ),
    Story(
        guid=BATTERY,
        title="Notebook battery swells",
        html="Taken out of use at once.",
        by="emily.clark",
        queue="Service Desk",
        state="open",
        priority=5,
        category="Hardware::Notebook",
        contact="george.palmer",
        group="Northwind Field Service",
        impact="One person",
        comments=(Remark("Device is in the metal cabinet, key at the desk."),),
    ),
    Story(
        guid=INVOICE,
        title="Rechnung 1187 doppelt erhalten",
        html="Einmal per Post, einmal per E-Mail.",
        by="lukas.becker",
        queue="Finance",
        state="pending reminder",
        category="Software::ERP",
        contact="frank.vogel",
        agent="lukas.becker",
    ),
    Story(
        title="Headset for the reception",
        html="Delivery is confirmed; closes by itself when nobody objects.",
        by="anna.schmidt",
        queue="Service Desk",
        state="pending auto close+",
        priority=2,
        category="Hardware",
        contact="amelia.reid",
    ),
    Story(
        title="Old scanner software on Windows 7",
        html="No answer from the customer for two weeks.",
        by="anna.schmidt",
        queue="Service Desk",
        state="pending auto close-",
        priority=1,
        category="Software",
        contact="george.palmer",
    ),
    Story(
        title="E-mail to the harbour office bounces",
        html="Error 550 for every message.",
        by="emily.clark",
        queue="Service Desk",
        state="resolved",
        category="Software::E-mail",
        contact="amelia.reid",
        agent="emily.clark",
        impact="A team",
        comments=(Remark("The record is corrected; please confirm.", visible=True),),
    ),
    Story(
        title="Maus defekt",
        html="Linke Taste klemmt.",
        by="anna.schmidt",
        queue="Service Desk",
        priority=1,
        category="Hardware",
        contact="frank.vogel",
        closed="closed",
        resolution="Solved",
        minutes=5,
    ),
    Story(
        title="Strange noise in the server room",
        html="Heard twice, never again.",
        by="jonas.weber",
        queue="Network",
        category="Network",
        closed="closed unsuccessful",
        resolution="Not reproducible",
        minutes=90,
    ),
    Story(
        title="Quarterly report takes an hour",
        html="It took ten minutes before the update.",
        by="erp.interface",
        queue="Finance",
        priority=4,
        category="Software::ERP",
        contact="petra.krueger",
        closed="closed successful",
        resolution="Workaround",
        minutes=150,
        impact="Whole company",
    ),
    Story(
        title="Printer again",
        html="Same as the other one.",
        by="anna.schmidt",
        category="Hardware::Printer",
        contact="petra.krueger",
        guid=DUPLICATE,
    ),
    Story(
        title="Test, please ignore",
        html="Made while showing the form.",
        by="emily.clark",
        removed=True,
    ),
)
