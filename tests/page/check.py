"""Opens a page in headless Chromium and prints what is wrong with it, one line each; nothing where nothing is.

check.py FOLDER [--traces] [--resources] [--fault KIND]   FOLDER holds index.html and measurements.csv
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import charts
import contrast
import moves
import numbers_of
import reach
import still

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
META = r'<meta http-equiv="Content-Security-Policy" content="[^"]*">'
POLICY = re.compile(
    r"<!DOCTYPE html><html lang=\"en\"><head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    r"script-src 'sha256-[A-Za-z0-9+/=]{44}'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; img-src 'none'; base-uri 'none'; "
    r"form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'\">"
)
# What is put into a copy of the page to see that it is found.
FAULTS = {
    "request": '<img alt="" src="http://127.0.0.1:9/x">',
    "onerror": '<img alt="" src="nowhere" onerror="alert(1)">',
    "console": "<script>console.log(1)</script>",
    "contrast": "<style>p { color: #c4c4c4 !important; }</style>",
    "unlabelled": "<button></button>",
}
# Numbers of which a digit is another one: where their table begins, and what stands before the digit.
DIGITS = {
    "number": ('id="measurements-table"', r"(<td>)(\d)"),
    "cell": ('class="numbers"', r'(<td class="number">(?:<strong>)?)(\d)'),
    "interval": ('class="numbers"', r'(<span class="interval">±[0-9.]*)(\d)'),
    "tile": ('class="tiles"', r"(<strong>)(\d)"),
}


def falsified(folder, fault, target):
    text = (folder / "index.html").read_text()
    if fault in DIGITS:
        begin, cell = DIGITS[fault]
        before, after = text.split(begin, 1)
        text = before + begin + re.sub(cell, lambda found: found[1] + str((int(found[2]) + 1) % 10), after, count=1)
    elif fault == "packed":
        text = text.replace('id="packed">', 'id="packed">!')
    else:
        text = re.sub(META, "", text).replace('<main id="main"', FAULTS[fault] + '<main id="main"')
    shutil.copytree(folder, target, dirs_exist_ok=True)
    (target / "index.html").write_text(text)
    return target


class Watched:
    """A page of which every request, message and dialog is a complaint."""

    def __init__(self, browser, address, say, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("request", lambda found: found.url.split("#")[0] == address.split("#")[0] or say(f"request: {found.url[:200]}"))
        self.page.on("console", lambda found: say(f"console: {found.text[:300]}"))
        self.page.on("pageerror", lambda found: say(f"console: {found}"))
        self.page.on("dialog", lambda found: (say(f"dialog: {found.message}"), found.dismiss()))
        self.page.goto(address)
        if options.get("java_script_enabled", True):
            self.page.wait_for_selector("html[data-ready]", timeout=60_000)
            self.page.wait_for_timeout(150)

    def __enter__(self):
        return self.page

    def __exit__(self, *_):
        self.context.close()


def check(browser, folder, arguments, say):
    address = (folder / "index.html").as_uri()
    if not POLICY.match((folder / "index.html").read_text()):
        say("policy: it is not the first element of the head as it must be")
    for scheme in ["light", "dark"]:
        with Watched(browser, address, say, viewport={"width": 1280, "height": 900}, color_scheme=scheme) as page:
            for violation in Axe().run(page).response["violations"]:
                places = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
                say(f"axe: {scheme} {violation['id']} at {places}"[:400])
            contrast.check(page, scheme, say)
            if scheme == "light":
                numbers_of.check(page, folder, say)
        # All faults are seen on the first page, but for the one whose consequences are looked for.
        if arguments.fault not in (None, "packed"):
            return
    with Watched(browser, address, say, viewport={"width": 1280, "height": 900}) as page:
        moves.check(page, arguments.traces, arguments.resources, say)
        fragment = page.evaluate("location.hash")
    with Watched(browser, address, say, viewport={"width": 1000, "height": 900}) as page:
        charts.check(page, folder, say)
    with Watched(browser, address + fragment, say, viewport={"width": 1280, "height": 900}) as page:
        moves.check_restored(page, fragment, say)
    with Watched(browser, address, say, viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as page:
        reach.check(page, say)
    with Watched(browser, address + "#view=explore", say, viewport={"width": 1280, "height": 900}) as page:
        reach.check_view(page, say)
    with Watched(browser, address, say, viewport={"width": 360, "height": 800}) as page:
        reach.check_narrow(page, say)
        still.check_print(page, say)
    with Watched(browser, address, say, java_script_enabled=False) as page:
        still.check_without_scripts(page, say)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--traces", action="store_true")
    parser.add_argument("--resources", action="store_true")
    parser.add_argument("--fault", choices=[*FAULTS, *DIGITS, "packed"])
    arguments = parser.parse_args()
    said = []

    def say(words):
        if words not in said:
            said.append(words)
            print(words, flush=True)

    with tempfile.TemporaryDirectory() as beside, sync_playwright() as playwright:
        folder = arguments.folder.resolve()
        if arguments.fault:
            folder = falsified(folder, arguments.fault, Path(beside))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        check(browser, folder, arguments, say)
        browser.close()


main()
