"""Opens each HTML page in headless Chromium as its readers do and says what they would stumble over:
on a desk, in the dark, on a phone, on paper, without scripts. Any such thing is exit 1; no Chromium
is exit 77. Needs nothing but Python's own library: it talks to the browser through a pipe.

usage: open.py [--within SECONDS] [--shots FOLDER] PAGE.html...
"""

import argparse
import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

MOST_BYTES = 2 << 20
# Name, width, height, dark, paper.
VIEWS = [
    ("desktop", 1280, 900, False, False),
    ("desktop-dark", 1280, 900, True, False),
    ("phone", 390, 844, False, False),
    ("phone-dark", 390, 844, True, False),
    ("paper", 794, 1123, False, True),
]
UNDRAWN = """(() => {
  const places = [...document.querySelectorAll("[data-chart]")];
  return places.filter((place) => !place.querySelector("svg")).length;
})()"""
# What scrolls by itself may be wider than the page.
SPILLING = """(() => {
  const width = document.documentElement.clientWidth;
  const isHeld = (element) => element.closest(".scroll, pre, svg") !== null;
  return [...document.body.querySelectorAll("*")].filter((element) =>
    !isHeld(element) && element.getBoundingClientRect().right > width + 1
  ).map((element) => element.tagName + "." + element.className).slice(0, 3).join(" ");
})()"""
TIMES = """(() => {
  const timing = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {load: timing.loadEventEnd / 1000, paint: paint ? paint.startTime / 1000 : null};
})()"""


def chromium():
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for path in map(shutil.which, names) if path), None)


class Browser:
    """DevTools protocol: JSON ended by a zero byte, written to its descriptor 3, read from its 4."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="rehearse-pages-")
        ours, theirs = os.pipe(), os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (ours[0], theirs[1])]

        def connect():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--force-device-scale-factor=1", f"--user-data-dir={self.folder}", "about:blank"],
            preexec_fn=connect, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.write, self.read = os.fdopen(ours[1], "wb", 0), os.fdopen(theirs[0], "rb", 0)
        for end in high + [ours[0], theirs[1]]:
            os.close(end)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(domain + ".enable")

    def message(self):
        while b"\0" not in self.buffer:
            part = self.read.read(1 << 16)
            if not part:
                raise SystemExit("the browser has ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def __call__(self, method, **parameters):
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            call["sessionId"] = self.session
        self.write.write(json.dumps(call).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def value(self, expression):
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def open(self, page):
        self.events.clear()
        self("Page.navigate", url="file://" + page)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def complaints(events, page):
    """What the console said, and what was asked of anybody else."""
    found = []
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            found.append("exception: " + parameters["exceptionDetails"]["text"])
        elif method == "Runtime.consoleAPICalled":
            found.append("console: " + " ".join(str(a.get("value")) for a in parameters["args"]))
        elif method == "Log.entryAdded":
            found.append("console: " + parameters["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if url != "file://" + page and not url.startswith("data:"):
                found.append("request: " + url[:100])
    return found


def look(browser, page, view, shots):
    name, width, height, is_dark, is_paper = view
    browser("Emulation.setScriptExecutionDisabled", value=False)
    browser("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 600)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
    browser("Emulation.setEmulatedMedia", media="print" if is_paper else "", features=[scheme])
    browser.open(page)
    times = browser.value(TIMES)
    began = time.monotonic()
    while browser.value(UNDRAWN) and time.monotonic() - began < 60:
        time.sleep(0.02)
    found = complaints(browser.events, page)
    if browser.value(UNDRAWN):
        found.append(f"{browser.value(UNDRAWN)} charts are not drawn")
    excess = browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    spilling = browser.value(SPILLING)
    if excess > 0 or spilling:
        found.append(f"wider than the page by {excess} px: {spilling}")
    if shots:
        shoot(browser, os.path.join(shots, f"{os.path.basename(page)[:-5]}-{name}.png"), width)
    return times, found


def shoot(browser, path, width):
    height = browser.value("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = browser("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    with open(path, "wb") as file:
        file.write(base64.b64decode(shot["data"]))


def without_scripts(browser, page):
    browser("Emulation.setEmulatedMedia", media="", features=[])
    browser("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    hidden = browser.value("""[...document.querySelectorAll(".numbers table")].filter(
      (table) => table.getBoundingClientRect().height === 0).length""")
    empty = browser.value("""[...document.querySelectorAll("[data-chart]")].filter(
      (place) => place.getBoundingClientRect().height > 0).length""")
    found = complaints(browser.events, page)
    if hidden or empty:
        found.append(f"without scripts {hidden} tables are hidden and {empty} empty charts shown")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--within", type=float, help="seconds until the page has loaded")
    parser.add_argument("--shots", help="folder for pictures")
    parser.add_argument("pages", nargs="+")
    options = parser.parse_args()
    program = chromium()
    if program is None:
        print("no Chromium here")
        return 77
    browser = Browser(program)
    status = 0
    try:
        for page in map(os.path.abspath, options.pages):
            bytes_ = os.path.getsize(page)
            found = [] if bytes_ <= MOST_BYTES else [("all", f"{bytes_} bytes, at most {MOST_BYTES}")]
            for view in VIEWS:
                times, own = look(browser, page, view, options.shots)
                print(f"{os.path.basename(page)} {view[0]}: first paint {times['paint'] or 0:.2f} s, "
                      f"loaded {times['load']:.2f} s")
                if options.within and times["load"] > options.within:
                    own.append(f"loaded after {times['load']:.2f} s")
                found += [(view[0], text) for text in own]
            found += [("no scripts", text) for text in without_scripts(browser, page)]
            for view, text in found:
                status = 1
                print(f"{os.path.basename(page)} {view}: {text}")
    finally:
        browser.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
