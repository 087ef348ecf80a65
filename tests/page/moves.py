"""What moves on a page: each control does what it says, by keyboard too, and the fragment remembers it."""

PICTURE = """(id) => [...document.querySelectorAll(`#${id} canvas`)].map((canvas) => canvas.toDataURL()).join()"""

# Each chart of what was used: its title, how many pixels have each colour of the palette, where it lies and the chart of
# the run above it, and which seconds it shows.
LOADS = """() => {
  const palette = JSON.parse(document.getElementById("data").textContent).palette.light.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
  const place = (plot) => { const { left, width } = plot.querySelector(".u-over").getBoundingClientRect(); return [left, width]; };
  const above = place(document.querySelector("#run-chart .plot"));
  return [...document.querySelectorAll("#run-chart .loads .plot")].map((plot) => {
    const canvas = plot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const drawn = palette.map(() => 0);
    for (let at = 0; at < data.length; at += 4) {
      const found = palette.findIndex((colour) => data[at + 3] > 250 && colour.every((part, index) => Math.abs(part - data[at + index]) < 8));
      if (found >= 0) drawn[found] += 1;
    }
    return { title: plot.getAttribute("aria-label"), drawn, place: place(plot), above, range: JSON.parse(plot.dataset.range) };
  });
}"""


def visible_rows(page, table):
    return page.evaluate("(id) => [...document.querySelectorAll(`#${id} tbody tr`)].filter((row) => !row.hidden).map((row) => [...row.cells].map((cell) => cell.textContent))", table)


def changes(page, chart, what, act, say):
    """Acts, and complains where the picture stays as it was."""
    before = page.evaluate(PICTURE, chart)
    act()
    # A busy machine draws when it has time to.
    for _ in range(50):
        page.wait_for_timeout(120)
        if page.evaluate(PICTURE, chart) != before:
            return
    say(f"moves: {what} changes nothing in {chart}")


def holds(page, words, what, say):
    if words not in page.evaluate("location.hash"):
        say(f"moves: the fragment does not remember {what}: {page.evaluate('location.hash')}")


def slide(page, chart, say):
    slider = page.locator(f"#{chart} input[type=range]").first
    if int(slider.get_attribute("max")) == 0:
        return
    slider.focus()
    slider.press("Home")
    live = page.locator(f"#{chart} .chart-box > [aria-live]").first
    seen = set()
    for _ in range(2):
        slider.press("ArrowRight")
        seen.add(live.text_content())
    if "" in seen or (len(seen) < 2 and int(slider.get_attribute("max")) > 1):
        say(f"moves: the cursor of {chart} says {seen}")


def overview(page, say):
    chart = "overview-chart"
    boxes = page.locator(f"#{chart} fieldset input[type=checkbox]")
    if boxes.count() == 0:
        return say("moves: there is no overview")
    slide(page, chart, say)
    changes(page, chart, "the logarithmic axis", lambda: page.get_by_label("Logarithmic").first.click(), say)
    holds(page, "scale=log", "the logarithmic axis", say)
    if boxes.count() > 1:
        changes(page, chart, "a system", lambda: boxes.nth(0).press("Space"), say)
        holds(page, "hide=0", "a hidden system", say)
    page.get_by_label("Intervals").first.click()
    holds(page, "intervals=off", "intervals", say)
    measures = page.locator(f"#{chart} select").first
    values = measures.evaluate("(select) => [...select.options].map((option) => option.value)")
    if len(values) > 1:
        changes(page, chart, "a measure", lambda: measures.select_option(values[-1]), say)


def brush(page, box):
    """Drags over a third of a chart."""
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.6, middle, steps=5)
    page.mouse.up()


def shown_range(page):
    return page.evaluate("JSON.parse(document.querySelector('#run-chart').dataset.shown)")


def resources(page, say):
    """What was used is drawn under the run, each source in its colour, on the axis of the run, and the brush moves both."""
    loads = page.evaluate(LOADS)
    if [load["title"].split(" used")[0] for load in loads] != ["Processors", "Memory"]:
        say(f"resources: {[load['title'] for load in loads]} are drawn")
    for load in loads:
        if min(load["drawn"][:2], default=0) < 20:
            say(f"resources: {load['drawn']} points of each colour are drawn in {load['title']}")
    box = page.locator("#run-chart .loads .u-over").first
    changes(page, "run-chart", "the brush over what was used", lambda: brush(page, box), say)
    shown = shown_range(page)
    for load in page.evaluate(LOADS):
        if load["place"] != load["above"] or load["range"] != [shown["from"], shown["to"]] or load["range"][0] <= 0:
            say(f"resources: {load} is not on the axis of the run, which shows {shown}")
    page.get_by_role("button", name="Whole run").press("Enter")


def late(page, say):
    """What is shown of the end of a run is as fine as what is shown of its beginning."""
    page.get_by_role("button", name="Whole run").press("Enter")
    end = shown_range(page)["to"]
    wanted = [end * 0.99, end * 0.9905]
    # Twice, because an end is as fine as what was shown when it was set.
    for label, value in 2 * list(zip(["From (s)", "To (s)"], wanted)):
        box = page.get_by_label(label)
        box.fill(str(value))
        box.press("Enter")
    shown = shown_range(page)
    if any(abs(found - value) > (wanted[1] - wanted[0]) / 900 for found, value in zip([shown["from"], shown["to"]], wanted)):
        say(f"moves: {shown} is shown of a late part {wanted}")
    page.get_by_role("button", name="Whole run").press("Enter")


def traces(page, say):
    chart = "run-chart"
    slide(page, chart, say)
    slide(page, "distribution-chart", say)
    changes(page, chart, "the brush", lambda: brush(page, page.locator(f"#{chart} .u-over").first), say)
    holds(page, "from=", "the brush", say)
    shown = shown_range(page)
    if not 0 < shown["from"] < shown["to"]:
        say(f"moves: the brush shows {shown}")
    page.get_by_role("button", name="Whole run").press("Enter")
    if "from=" in page.evaluate("location.hash").replace("from=&", ""):
        say("moves: the whole run is not shown again")
    end = page.get_by_label("To (s)")
    changes(page, chart, "the end by keyboard", lambda: (end.fill(str(shown["from"])), end.press("Enter")), say)
    late(page, say)
    share = page.locator("#distribution-chart select").last
    changes(page, "distribution-chart", "the share", lambda: share.select_option("share"), say)
    holds(page, "form=share", "the share", say)


def measurements(page, say):
    table = "measurements-table"
    every = visible_rows(page, table)
    column = page.evaluate("[...document.querySelectorAll('#measurements-table thead th')].findIndex((head) => head.dataset.metric)")
    button = page.locator(f"#{table} thead button").nth(column)
    for direction in ["ascending", "descending"]:
        button.press("Enter")
        texts = [row[column].removesuffix(" ?") for row in visible_rows(page, table)]
        numbers = [float(text) for text in texts if text not in ("", "lost")]
        if numbers != sorted(numbers, reverse=direction == "descending"):
            say(f"moves: the rows are not {direction}")
    holds(page, f"sort={column}.descending", "the order", say)
    word = every[-1][0].split()[0].lower()
    page.locator("#measurements input[type=search]").fill(word)
    found = visible_rows(page, table)
    if not found or not all(word in " ".join(row).lower() for row in found):
        say(f"moves: the filter {word} leaves {len(found)} rows")
    cell = page.locator(f"#{table} td[tabindex='0']")
    cell.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    if dialog.count() != 1 or "Origin" not in dialog.text_content():
        say("moves: no number opens where it comes from")
    page.keyboard.press("Escape")
    if page.locator("dialog[open]").count():
        say("moves: where a number comes from does not close")


def comparisons(page, say):
    if page.locator("#comparisons-table").count() == 0:
        return
    page.locator("#comparisons .controls select").select_option("sure")
    verdicts = page.evaluate("[...document.querySelectorAll('#comparisons-table tbody tr')].filter((row) => !row.hidden).map((row) => row.dataset.verdict)")
    if not set(verdicts) <= {"better", "worse", "different"}:
        say(f"moves: significant only shows {set(verdicts)}")
    holds(page, "only=sure", "significant only", say)
    offered = page.evaluate("[...document.querySelectorAll('#comparisons .controls option')].map((option) => option.value)")
    if offered != ["", "sure", "better", "worse", "different", "equivalent", "inconclusive"]:
        say(f"moves: comparisons are chosen by {offered}")


def order_of_clients(page, say):
    """Comparisons are put in the order of their numbers of clients, not of their letters."""
    column = page.evaluate("[...document.querySelectorAll('#comparisons-table thead th')].findIndex((head) => head.textContent === 'Clients')")
    if column < 0:
        return
    page.locator("#comparisons-table thead button").nth(column).click()
    texts = [row[column] for row in visible_rows(page, "comparisons-table")]
    numbers = [int(text) for text in texts if text != "–"]
    if numbers != sorted(numbers) or "–" in texts[: len(numbers)]:
        say(f"moves: the comparisons are in the order {texts[:12]}")


def check(page, with_traces, with_resources, say):
    overview(page, say)
    if with_resources:
        resources(page, say)
    if with_traces:
        traces(page, say)
    comparisons(page, say)
    order_of_clients(page, say)
    measurements(page, say)


def check_restored(page, fragment, say):
    if page.evaluate("location.hash") != fragment:
        say("moves: the fragment does not stay")
    if not page.get_by_label("Logarithmic").first.is_checked() or page.get_by_label("Intervals").first.is_checked():
        say("moves: the fragment does not bring the axis back")
    if not page.locator("#measurements input[type=search]").input_value():
        say("moves: the fragment does not bring the filter back")
