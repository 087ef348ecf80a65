"""A page on paper and without scripts: figures are vectors, tables are there."""

import shutil
import subprocess
import tempfile


# A4 within Chromium's margins, pixels; measurements lie across.
UPRIGHT, ACROSS = 718, 1047
WIDER = """(across) => [...document.querySelectorAll("table")].filter((table) => (table.id === "measurements-table") === across && table.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((table) => table.caption?.textContent ?? table.id)"""


def check_paper(page, say):
    """No table is cut off at the edge of the paper."""
    page.emulate_media(media="print")
    for width, across in ((UPRIGHT, False), (ACROSS, True)):
        page.set_viewport_size({"width": width, "height": 1000})
        for name in page.evaluate(WIDER, across):
            say(f"print: {name[:60]} is wider than the paper")
    page.emulate_media(media="null")


def check_print(page, say):
    check_paper(page, say)
    if shutil.which("pdftotext") is None:
        return say("print: there is no pdftotext")
    texts = page.evaluate("[...document.querySelectorAll('figure svg text')].map((text) => text.textContent)")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        page.pdf(path=file.name)
        printed = subprocess.run(["pdftotext", file.name, "-"], capture_output=True, text=True, check=True).stdout
        images = subprocess.run(["pdfimages", "-list", file.name], capture_output=True, text=True, check=True).stdout
    if len(images.splitlines()) > 2:
        say(f"print: figures are pixels: {images.splitlines()[2]}")
    numbers = [text for text in texts if text.isdecimal()]
    missing = [text for text in numbers if text not in printed]
    if missing:
        say(f"print: the figures lack {missing[:5]}")
    return None


def check_without_scripts(page, say):
    if page.locator("#charts").is_visible():
        say("scripts: empty charts are shown without them")
    if not page.locator("#measurements-table td:not(.key, :empty)").first.is_visible():
        say("scripts: no measurement is shown without them")
    if page.locator("section").count() < 5:
        say("scripts: sections are missing without them")
    if page.locator("figure svg").count() == 0:
        say("scripts: no figure is shown without them")
