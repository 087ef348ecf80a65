"""Where a link, a key or a view that was sent leads to can be seen, and is not hidden below what sticks to the top."""

IN_SIGHT = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + Math.min(width / 2, 12), top + height / 2));
}"""
FOCUSED = f"() => ({IN_SIGHT})(document.activeElement)"
# How often the rows of the measurements are put into another order from now on.
WATCH = """() => { window.sorted = 0; new MutationObserver(() => { window.sorted += 1; }).observe(document.querySelector("#measurements-table tbody"), { childList: true }); }"""


def is_in_sight(page, selector):
    """Whether it is, or comes to be as soon as a busy machine has time to scroll."""
    for _ in range(60):
        page.wait_for_timeout(50)
        if page.eval_on_selector(selector, IN_SIGHT):
            return True
    return False


def links(page, say):
    nowhere = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id))")
    for name in nowhere[:3]:
        say(f"reach: a link to {name} leads nowhere")
    rows = page.evaluate("[...document.querySelectorAll('#comparisons-table tbody tr, .findings li')].map((row) => row.id)")
    for place in {0, len(rows) // 3, len(rows) // 2, len(rows) - 1} if rows else ():
        page.evaluate("(id) => { location.hash = id; }", rows[place])
        if not is_in_sight(page, f"#{rows[place]}"):
            say(f"reach: a link to {rows[place]} leads to where it is hidden")
    for link in page.locator("nav a").all():
        link.click()
        heading = f"{link.get_attribute('href')}-heading"
        if not is_in_sight(page, heading):
            say(f"reach: {heading} is not in sight")


def keys(page, say):
    page.locator("#measurements-table td[tabindex='0']").focus()
    for key in ["ArrowDown"] * 40 + ["ArrowUp"] * 40:
        page.keyboard.press(key)
        if not page.evaluate(FOCUSED):
            return say(f"reach: {key} leads to a number that is hidden")
    return None


def sliders(page, say):
    names = page.evaluate("[...document.querySelectorAll('input[type=range]')].map((slider) => slider.labels[0].textContent)")
    if len(set(names)) != len(names):
        say(f"reach: cursors are called {names}")


def order(page, say):
    """Systems that come and go on the charts leave the order of the measurements alone."""
    boxes = page.locator("#overview-chart fieldset input[type=checkbox]")
    if boxes.count() < 2:
        return
    page.locator("#measurements-table thead button").first.click()
    page.evaluate(WATCH)
    boxes.first.click()
    boxes.first.click()
    if page.evaluate("window.sorted"):
        say("reach: a system that goes sorts the measurements again")


def check(page, say):
    links(page, say)
    keys(page, say)
    sliders(page, say)
    order(page, say)


def check_view(page, say):
    """Of a page that was opened at a view."""
    top = page.evaluate("document.getElementById('explore').getBoundingClientRect().top")
    if not -1 <= top <= 120:
        say(f"reach: a view that was sent begins {top} pixels below")


def check_narrow(page, say):
    """Of a page on a small screen, whatever the cursors say."""
    for slider in page.locator("input[type=range]:visible").all():
        slider.press("End")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > page.viewport_size["width"]:
        say(f"width: {wide} pixels are needed where there are {page.viewport_size['width']}")
