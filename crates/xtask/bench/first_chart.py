"""When pages show something in headless Chromium: ROUNDS PAGE...

Prints a line for each page: the medians over the rounds of the first paint and of the first chart drawn by hand, in
milliseconds since navigation began. Each round has a profile of its own.
"""

import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first stroke on a canvas is a chart's; what was drawn is shown with the frame that follows.
WATCH = """(() => {
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (...paths) {
    CanvasRenderingContext2D.prototype.stroke = stroke;
    requestAnimationFrame(() => { window.firstChart = performance.now(); });
    return stroke.apply(this, paths);
  };
})()"""
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
    found = page.evaluate(PAINT), page.evaluate("window.firstChart ?? NaN")
    context.close()
    return found


def main():
    rounds, pages = int(sys.argv[1]), sys.argv[2:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for page in pages:
            found = [look(browser, Path(page).resolve().as_uri()) for _ in range(rounds)]
            print(*(f"{statistics.median(times):.0f}" for times in zip(*found)))
        browser.close()


main()
