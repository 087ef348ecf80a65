"""A page on paper and without scripts: figures are vectors, tables are there."""

import shutil
import subprocess
import tempfile


def check_print(page, say):
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
    if not page.locator("#measurements-table td.value").first.is_visible():
        say("scripts: no measurement is shown without them")
    if page.locator("section").count() < 5:
        say("scripts: sections are missing without them")
    if page.locator("figure svg").count() == 0:
        say("scripts: no figure is shown without them")
