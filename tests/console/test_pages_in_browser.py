"""The pages in a real browser: drawn with their stylesheet, and nothing is complained of."""

import html
import re
import shutil
import subprocess
import zlib

import pytest

from tests.kit.gateway import HELPDESK, running_gateway

PAGES = {
    "/": ("Services", "ACMP helpdesk"),
    HELPDESK: ("Operations", "SaveTicket_V4"),
    f"{HELPDESK}?op=SaveTicket_V4": ("Parameters", "HtmlDescription"),
    f"{HELPDESK}?op=SaveTickets": ("SaveTicket_V4",),
}
WIDE, NARROW = "1280,1600", "320,1600"

pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="the browser chromium is not installed"
)


@pytest.fixture(scope="module")
def address(databases):
    with databases.migrated() as url, running_gateway(url) as gateway:
        yield gateway.url


@pytest.fixture
def browse(tmp_path):
    """Give a page as the browser has it after loading, and what it wrote to its log."""

    def browse(url, *switches, size=WIDE):
        done = subprocess.run(
            [
                *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *(f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={size}"),
                *("--enable-logging=stderr", "--v=0", "--disable-background-networking"),
                *(*switches, url),
            ],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    return browse


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_complete_and_the_console_stays_empty(address, browse, path):
    dom, log = browse(address + path, "--dump-dom")
    text = html.unescape(re.sub(r"<[^>]+>", " ", dom))
    assert all(word in text for word in PAGES[path])
    # What the page itself causes is logged as CONSOLE; the browser's own complaints are not ours.
    assert not re.findall(r"^.*CONSOLE.*$", log, re.MULTILINE)
    assert "<script" not in dom


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_with_its_stylesheet(address, browse, path, size, tmp_path):
    picture = tmp_path / "page.png"
    browse(address + path, f"--screenshot={picture}", size=size)
    drawn = picture.read_bytes()
    # The bar on top has the color of the stylesheet; a page without one begins white.
    assert drawn.startswith(b"\x89PNG")
    assert _first_pixel(drawn) == (0x17, 0x32, 0x4D)


def _first_pixel(png: bytes) -> tuple[int, int, int]:
    """Read the pixel in the corner; in the first row no filter changes the first pixel."""
    data, place = b"", 8
    while place < len(png):
        size = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + size]
        place += 12 + size
    row = zlib.decompress(data)
    return row[1], row[2], row[3]
