"""When pages show something in headless Chromium: ROUNDS PAGE...

Prints a line for a page with nothing but a stroke, which is the browser's own share, and one for each page: the medians over
the rounds of the first paint and of the first chart on the screen, in milliseconds since navigation began. Each round has a
profile of its own.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first stroke on a canvas is a chart's. What was drawn is shown with the frame that follows; a timer that its callback
# sets comes after that frame's style, layout and paint.
WATCH = """(() => {
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (...paths) {
    CanvasRenderingContext2D.prototype.stroke = stroke;
    requestAnimationFrame(() => setTimeout(() => { window.firstChart = performance.now(); }));
    return stroke.apply(this, paths);
  };
})()"""
EMPTY = "<!DOCTYPE html><title>x</title><p>x</p><canvas></canvas><script>document.querySelector('canvas').getContext('2d').stroke()</script>"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"


def look(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    # The page's policy forbids the evaluation that waiting for a function takes.
    for _ in range(600):
        if page.evaluate("window.firstChart ?? 0"):
            break
        page.wait_for_timeout(100)
    # The paint is told some time after it.
    page.wait_for_timeout(200)
    found = page.evaluate(PAINT), page.evaluate("window.firstChart ?? NaN")
    context.close()
    return found


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.html"
        empty.write_text(EMPTY)
        rounds, pages = int(sys.argv[1]), [empty, *sys.argv[2:]]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for page in pages:
            found = [look(browser, Path(page).resolve().as_uri()) for _ in range(rounds)]
            print(*(f"{statistics.median(times):.0f}" for times in zip(*found)))
        browser.close()


main()
