"""The demo data's lists, groups and people; made-up companies, addresses of example domains."""

from dataclasses import dataclass

from gateway.dialects.acmp.texts import DEMO_TEMPLATE

PARTNER = "NORTHWIND"
PARTNER_TITLE = "Northwind Field Service"

# List, name, KEY=VALUE ..., as an operator would write them.
ROWS: tuple[tuple[str, ...], ...] = (
    ("groups", "Service Desk", "description=First line of support", "email=desk@example.com"),
    ("groups", "Network", "description=Network and telephony", "email=network@example.com"),
    ("groups", "Finance", "description=Invoices and contracts", "email=finance@example.com"),
    (
        "groups",
        "Northwind Field Service",
        "description=Repairs on site, done by a partner",
        "email=field@northwind.example",
        "integrated=true",
        f"partner={PARTNER}",
        "return_group=Service Desk",
        "allowed_senders=@northwind.example",
    ),
    ("queues", "Service Desk", "de=Servicedesk", "group=Service Desk", "first_response_min=60"),
    ("queues", "Network", "de=Netzwerk", "group=Network"),
    ("queues", "Network::Wireless", "de=WLAN", "group=Network"),
    ("queues", "Finance", "de=Finanzen", "group=Finance"),
    ("types", "Incident", "de=Störung"),
    ("types", "Service request", "de=Serviceanfrage"),
    ("categories", "Hardware", "de=Hardware"),
    ("categories", "Hardware::Printer", "de=Drucker"),
    ("categories", "Hardware::Notebook", "de=Notebook"),
    ("categories", "Software", "de=Software"),
    ("categories", "Software::E-mail", "de=E-Mail"),
    ("categories", "Software::ERP", "de=Warenwirtschaft"),
    ("categories", "Network", "de=Netzwerk"),
    ("categories", "Network::VPN", "de=VPN"),
    ("categories", "Network::Wireless", "de=WLAN"),
    ("categories", "Access", "de=Zugänge"),
    ("resolutions", "Solved", "de=Gelöst"),
    ("resolutions", "Workaround", "de=Umgehung"),
    ("resolutions", "Not reproducible", "de=Nicht nachvollziehbar"),
    ("resolutions", "Withdrawn", "de=Zurückgezogen"),
    ("impacts", "One person", "de=Eine Person"),
    ("impacts", "A team", "de=Ein Team"),
    ("impacts", "Whole company", "de=Ganze Firma"),
    ("services", "Workplace", "de=Arbeitsplatz"),
    ("services", "E-mail", "de=E-Mail"),
    ("services", "Network", "de=Netzwerk"),
    ("slas", "Standard", "services=Workplace,E-mail,Network", "solution_min=2880"),
    (
        "slas",
        "Gold",
        "services=E-mail,Network",
        "first_response_min=30",
        "first_response_notify=80",
        "solution_min=480",
        "solution_notify=75",
    ),
    ("dynamic-fields", "CostCenter", "en=Cost center", "de=Kostenstelle", "type=text"),
    ("dynamic-fields", "Floor", "de=Stockwerk", "type=dropdown", "options=G,1,2,3"),
    ("customers", "Blumenhaus Krüger", "key=KRUEGER", "email=info@krueger.example"),
    ("customers", "Harbour Logistics Ltd", "key=HARBOUR", "email=office@harbour.example"),
    ("customers", "Stadtwerke Lindenau", "key=LINDENAU", "email=it@lindenau.example"),
    (
        "customer-users",
        "petra.krueger",
        "first_name=Petra",
        "last_name=Krüger",
        "email=petra@krueger.example",
        "phone=+49 341 5550101",
        "customer=KRUEGER",
    ),
    (
        "customer-users",
        "george.palmer",
        "first_name=George",
        "last_name=Palmer",
        "email=george.palmer@harbour.example",
        "phone=+44 23 5550112",
        "customer=HARBOUR",
    ),
    (
        "customer-users",
        "amelia.reid",
        "first_name=Amelia",
        "last_name=Reid",
        "email=amelia.reid@harbour.example",
        "customer=HARBOUR",
    ),
    (
        "customer-users",
        "frank.vogel",
        "first_name=Frank",
        "last_name=Vogel",
        "email=frank.vogel@lindenau.example",
        "customer=LINDENAU",
    ),
)

# After the people, whom they may name.
TEMPLATES: tuple[tuple[str, ...], ...] = (
    (
        "New employee",
        f"guid={DEMO_TEMPLATE}",
        "de=Neue Mitarbeiterin, neuer Mitarbeiter",
        "description=Workplace, accounts and phone for a first day",
        "title=New employee: prepare the workplace",
        "html=Please prepare:<ul><li>notebook</li><li>accounts</li><li>phone</li></ul>",
        "category=Access",
        "priority=3",
        "state=new",
        "impact=One person",
        "queue=Service Desk",
        "group=Service Desk",
        'working_times=[{"minutes": "45", "description": "Set up the notebook"}]',
        'costs=[{"unit_price": "39.90", "amount": 1, "description": "Docking station"}]',
    ),
    (
        "Password reset",
        "de=Passwort zurücksetzen",
        "description=Identity is checked by phone",
        "title=Password reset",
        "text=Call back on the known number before anything is changed.",
        "category=Access",
        "priority=4",
        "impact=One person",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or something, with an account."""

    login: str
    kind: str = "agent"
    groups: str = ""
    customer: str | None = None
    partner: str | None = None
    first_name: str = ""
    last_name: str = ""
    email: str = ""


ACCOUNTS = (
    Person(
        login="anna.schmidt",
        groups="users:rw,Service Desk:rw,Network:ro",
        first_name="Anna",
        last_name="Schmidt",
        email="anna.schmidt@example.com",
    ),
    Person(
        login="jonas.weber",
        groups="users:rw,Network:rw,Service Desk:ro+note",
        first_name="Jonas",
        last_name="Weber",
        email="jonas.weber@example.com",
    ),
    Person(
        login="emily.clark",
        groups="users:rw,Service Desk:rw,Northwind Field Service:rw",
        first_name="Emily",
        last_name="Clark",
        email="emily.clark@example.com",
    ),
    Person(
        login="lukas.becker",
        groups="users:rw,Finance:rw",
        first_name="Lukas",
        last_name="Becker",
        email="lukas.becker@example.com",
    ),
    Person(
        login="olivia.martin",
        groups="users:ro,Service Desk:ro,stats:ro",
        first_name="Olivia",
        last_name="Martin",
        email="olivia.martin@example.com",
    ),
    Person(
        login="erp.interface",
        groups="users:rw,Service Desk:rw,Finance:rw",
        last_name="ERP interface",
    ),
    Person(login="petra.krueger", kind="customer"),
    Person(login="george.palmer", kind="customer"),
    Person(login="northwind", kind="partner", partner=PARTNER),
)
