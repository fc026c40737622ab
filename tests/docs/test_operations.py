"""The operations guide leaves nothing out, and what it says to type works."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from gateway.cli import verbs
from gateway.console.rooms import TABS
from gateway.settings import Settings, known_keys
from gateway.usecases.list_kinds import LISTS, SETTINGS
from gateway.usecases.rights import NEEDS
from tests.kit import reference, web
from tests.kit.children import ROOT
from tests.kit.documents import GUIDE, README, blocks, headings, links, section, table, typed
from tests.kit.serving import free_port


def test_settings_and_rights_are_those_of_the_program():
    remedy = "run: python -m tests.kit.reference"
    assert GUIDE.read_text("utf-8") == reference.guide(), remedy
    assert reference.EXAMPLE.read_text("utf-8") == reference.example(), remedy
    for key in known_keys():
        assert f"| `{key}` |" in GUIDE.read_text("utf-8")
    rights = section(GUIDE, "Rights of each command")
    assert all(f"`{name}`" in rights for name in NEEDS)


def test_its_first_page_leads_to_every_section():
    first = GUIDE.read_text("utf-8").partition("\n## ")[0]
    assert re.findall(r"\[([^\]]+)\]\(#", first) == headings(GUIDE)


def test_the_example_holds_every_setting_with_its_default():
    text = reference.EXAMPLE.read_text("utf-8")
    given = re.sub(r"^# ([\w.]+ = .*)$", r"\1", text, flags=re.MULTILINE)
    example = tomllib.loads(re.sub(r"^.* # unset$", "", given, flags=re.MULTILINE))
    assert Settings.model_validate(example) == Settings()


def test_every_verb_is_listed():
    documented = {row[0]: row[1] for row in table(section(GUIDE, "Verbs"))}
    assert set(documented) == {path for path, _ in leaves(verbs)}
    assert all(documented.values())


def test_every_code_is_explained_with_a_remedy():
    sources = (ROOT / "gateway").rglob("*.py")
    raised = {code for file in sources for code in re.findall(r"GW-\d{3}", file.read_text("utf-8"))}
    documented = {row[0]: row[1:] for row in table(section(GUIDE, "Codes"))}
    assert set(documented) == raised
    assert all(all(cells) for cells in documented.values())


def test_every_metric_is_explained(newcomer):
    shown = web.get(f"{newcomer.url}/metrics").text
    served = set(re.findall(r"^# HELP (\w+)", shown, re.MULTILINE))
    documented = {row[0] for row in table(section(GUIDE, "Metrics"))}
    assert documented == {name for name in served if not name.endswith("_created")}


def test_every_key_of_a_process_file_is_named():
    files = (ROOT / "gateway" / "delivery" / name for name in ("processes.py", "process_steps.py"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    read = [line for line in lines if re.search(r"\b(table|head|each)\b", line)]
    words = {word for line in read for word in re.findall(r'"([a-z_]+)"', line)}
    assert {"on_error", "omit_empty", "otherwise", "first_delay"} <= words
    documented = section(GUIDE, "Processes")
    assert not [word for word in words if not re.search(rf"`[^`\n]*\b{word}\b[^`\n]*`", documented)]


def test_every_page_of_the_console_is_named():
    documented = section(GUIDE, "Console")
    assert not [tab.path for tab in TABS if f"`/console{tab.path}`" not in documented]


def test_every_list_is_named():
    text = section(GUIDE, "Lists and helpdesk settings")
    assert all(f"`{kind.name}`" in text for kind in (*LISTS, SETTINGS))


def test_every_log_line_is_explained():
    text = "".join(file.read_text("utf-8") for file in (ROOT / "gateway").rglob("*.py"))
    events = re.findall(r'log\.(?:info|warning|error|exception)\(\s*"([^"]+)"', text)
    documented = section(GUIDE, "Log")
    assert events
    assert not [event for event in events if f"`{event}`" not in documented]


@pytest.fixture(scope="module")
def ports():
    """The ports that the guide takes beside the gateway's, and free ones in their place."""
    return {port: str(free_port()) for port in ("8081", "8090")}


# Each as it leaves the folder to the next one, like a reader from the first page to the last.
@pytest.mark.parametrize(("heading", "text"), typed(GUIDE).items(), ids=typed(GUIDE))
def test_what_a_section_says_to_type_works(newcomer, ports, heading, text):
    for port, free in ports.items():
        text = text.replace(port, free)
    heard = newcomer.does(text).stdout
    assert _HEARD.get(heading, "") in heard


_HEARD = {"Health": '{"status": "ready"}', "A first partner": '"done": "close"'}


def test_a_restored_folder_holds_what_the_backup_did(newcomer):
    # Nothing reached the new folder but the backup: an account stands for all of it.
    restored = newcomer.does(".venv/bin/ticket-gateway accounts list --data restored").stdout
    assert "agent webshop" in restored


@pytest.mark.parametrize("file", [GUIDE, README, *sorted((ROOT / "deploy").rglob("*.service"))],
                         ids=lambda file: file.name)  # fmt: skip
def test_every_command_line_is_one_that_exists(file):
    written = re.findall(
        r"(?:^|/|= ?)ticket-gateway ([a-z][^\n`<>&|]*)", _commands(file), re.MULTILINE
    )
    assert written
    for line in written:
        words = shlex.split(line, comments=True)
        command: click.Command = verbs
        while words and isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, line
            command = found
        options = {name for parameter in command.params for name in parameter.opts}
        used = {word.split("=")[0] for word in words if word.startswith("--")}
        assert used <= options, line


@pytest.mark.parametrize("file", sorted((ROOT / "deploy").rglob("*.md")), ids=lambda f: f.name)
def test_every_link_of_the_documents_leads_somewhere(file):
    for link in links(file):
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], link


def leaves(command: click.Command, path: tuple[str, ...] = ()):
    """Give every verb that does something, by its words."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        yield from leaves(command.get_command(context, name), (*path, name))


def _commands(file: Path) -> str:
    if file.suffix != ".md":
        return file.read_text("utf-8")
    typed = [block.text for block in blocks(file) if block.language in ("sh", "console")]
    return "\n".join(typed).replace("\\\n", " ")


def test_the_threat_model_names_tests_that_exist():
    text = (ROOT / "deploy" / "THREAT_MODEL.md").read_text("utf-8")
    named = re.findall(r"`(\w+/\w+\.py)`", text)
    assert named
    assert not [name for name in named if not (ROOT / "tests" / name).exists()]
