"""A real browser that a test steers: Chromium by its debugging protocol, over a pipe."""

import json
import os
import select
import subprocess
import tempfile
import time
from contextlib import contextmanager

WIDE, NARROW = (1280, 900), (320, 700)
_WAIT_S = 20
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}

# What a reader could not read: text whose contrast is below that of WCAG 2.2 AA.
_PALE = """
(() => {
  const light = c => {
    const [r, g, b] = c.map(v => v / 255).map(
      v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter(e => {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !e.getClientRects().length || e.disabled) return false;
    const style = getComputedStyle(e);
    const [a, b] = [light(numbers(style.color).slice(0, 3)), light(ground(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const large = parseFloat(style.fontSize) >= 24;
    return ratio < (large ? 3 : 4.5);
  }).map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.trim().slice(0, 30));
})()
"""


class Browser:
    """One tab. ``complaints`` is all that the browser found wrong with what it was given."""

    def __init__(self, process, to_browser, from_browser):
        self._process = process
        self._to, self._from = to_browser, from_browser
        self._buffer = b""
        self._number = 0
        self._session = None
        self._loads = 0
        self.complaints = []

    def start(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.size(*WIDE)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip

    def scheme(self, name):
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": name}],
        )

    def without_scripts(self):
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def open(self, url):
        self.leads(lambda: self.call("Page.navigate", url=url))

    def leads(self, act):
        """Do something that loads a page, and wait for it."""
        before = self._loads
        act()
        end = time.monotonic() + _WAIT_S
        while self._loads == before:
            self._listen(end)

    def press(self, button):
        """Press a button of this text, and wait for where it leads."""
        self.leads(lambda: self.run(
            "[...document.querySelectorAll('button')].find(b => b.textContent.trim() === "
            f"{json.dumps(button)}).click()"
        ))  # fmt: skip

    def fill(self, name, value):
        self.run(f"document.querySelector('form.fields [name=\"{name}\"]').value = "
                 f"{json.dumps(value)}")  # fmt: skip

    def type(self, text):
        self.call("Input.insertText", text=text)

    def key(self, name):
        code = _KEYS[name]
        text = {"Enter": "\r", " ": " "}.get(name, "")
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, text=text,
                      windowsVirtualKeyCode=code)  # fmt: skip

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    @property
    def text(self):
        return " ".join(self.run("document.body.innerText").split())

    @property
    def path(self):
        return self.run("location.pathname")

    def overflow(self):
        """Tell by how many pixels the page is wider than its window."""
        return self.run("document.documentElement.scrollWidth - innerWidth")

    def pale(self):
        """List the texts whose contrast is too low."""
        return self.run(_PALE)

    def call(self, method, **parameters):
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _WAIT_S
        while True:
            heard = self._listen(end)
            if heard.get("id") == number:
                assert "error" not in heard, heard
                return heard["result"]

    def _listen(self, end):
        """Hear one message of the browser."""
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(end - time.monotonic(), 0))
            assert ready, "the browser does not answer"
            piece = os.read(self._from, 65536)
            assert piece, "the browser has ended"
            self._buffer += piece
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(raw)
        self._notice(message)
        return message

    def _notice(self, message):
        match message.get("method"):
            case "Page.loadEventFired":
                self._loads += 1
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(message["params"])
            case "Log.entryAdded":
                self.complaints.append(message["params"]["entry"])


@contextmanager
def running_browser():
    """Start a browser with a profile of its own."""
    from_us, to_browser = os.pipe()
    from_browser, to_us = os.pipe()
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        switches = (
            "--headless --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe"
            f" --disable-background-networking --no-first-run --user-data-dir={profile}"
        )
        process = subprocess.Popen(
            ["bash", "-c", f"exec chromium {switches} 3<&{from_us} 4>&{to_us}"],
            pass_fds=(from_us, to_us),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(from_us)
        os.close(to_us)
        browser = Browser(process, to_browser, from_browser)
        try:
            browser.start()
            yield browser
        finally:
            os.close(to_browser)
            os.close(from_browser)
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
