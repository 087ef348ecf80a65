"""A page on paper and without scripts: figures are vectors, tables are there."""

import shutil
import subprocess
import tempfile


# A4 within Chromium's margins, pixels; measurements lie across.
UPRIGHT, ACROSS = 718, 1047
WIDER = """(across) => [...document.querySelectorAll("table")].filter((table) => (table.id === "measurements-table") === across && table.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((table) => table.caption?.textContent ?? table.id)"""


# Words and numbers of tables that stand in more than one line. Names and commands may break anywhere, and so may what is in a table
# of so many columns that it would be cut off else.
BROKEN = """(across) => {
  const found = [];
  const range = document.createRange();
  for (const table of document.querySelectorAll("table:not(.crowded, #measurements-table.many)")) {
    if ((table.id === "measurements-table") !== across) continue;
    const walker = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest("bdi, code, caption, thead, .aside, .statement")) continue;
      for (const word of node.textContent.matchAll(/[^\\s]{1,9}(?=\\s|$)/g)) {
        if (word.index > 0 && !/\\s/.test(node.textContent[word.index - 1])) continue;
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) found.push(word[0]);
      }
    }
  }
  return found;
}"""


def check_paper(page, say):
    """No table is cut off at the edge of the paper, and no number is broken into two."""
    page.emulate_media(media="print")
    for width, across in ((UPRIGHT, False), (ACROSS, True)):
        page.set_viewport_size({"width": width, "height": 1000})
        for name in page.evaluate(WIDER, across):
            say(f"print: {name[:60]} is wider than the paper")
        for word in page.evaluate(BROKEN, across)[:3]:
            say(f"print: {word} is broken in two lines")
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
