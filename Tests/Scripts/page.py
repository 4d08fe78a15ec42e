#!/usr/bin/env python3
"""Opens the HTML report in a headless Chromium and tries what a reader would try.

usage: page.py BINARY [--pictures DIR]

Checks that the console stays empty and nothing leaves the page; that it is complete without scripts; that a
choice by button, brush, list, URL or key counts every number again, and that the parts add up; that the keyboard
reaches everything; headings, names and contrast; that hostile log text changes neither page nor layout; that nothing is
cut off on paper.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
from browser import Browser  # noqa: E402
from hostile import hostile_log  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAILED = []


def check(holds, words):
    if not holds:
        FAILED.append(words)
        print(f"  FAILED {words}")


def words_of(number):
    return f"{number:,}".replace(",", " ")


class Cube:
    """What the page carries, counted again without its script."""

    def __init__(self, browser):
        self.told = json.loads(browser.run("document.getElementById('cube').textContent"))
        self.failed, self.served = [], []
        for head_size, rows, told in ((4, self.failed, self.told["failed"]), (2, self.served, self.told["served"])):
            for row in told:
                head, cells = row[:head_size], row[head_size:]
                for t, n in zip(cells[::2], cells[1::2]):
                    rows.append((t, *head, n))

    def inside(self, v, b, t):
        verdict = self.told["verdicts"][v]
        return b in verdict["b"] and verdict["t"][0][0] <= t <= verdict["t"][-1][1]

    def failures(self, ask, chosen):
        """`ask` and `chosen` are dictionaries of dimension to value; `t` of `chosen` is a pair."""
        told, sum_ = self.told, 0
        for t, b, g, c, v, n in self.failed:
            row = {"t": t, "b": b, "g": g, "c": c, "v": v, "s": t // told["slice"], "z": 2 if v < 0 else told["verdicts"][v]["z"],
                   "h": (told["start"] + t * told["width"]) // 3600000}
            if not chosen.get("t", (0, told["cells"]))[0] <= t <= chosen.get("t", (0, told["cells"]))[1]:
                continue
            if any(row[d] != x for d, x in chosen.items() if d not in "tv"):
                continue
            if "v" in chosen and (not self.inside(chosen["v"], b, t) if told["verdicts"][chosen["v"]]["group"] else v != chosen["v"]):
                continue
            if all(self.inside(x, b, t) if d == "w" else row[d] == x for d, x in ask.items()):
                sum_ += n
        return sum_


def numbers(browser):
    return browser.run("[...document.querySelectorAll('data.n')].map(e => [e.dataset.m, e.dataset.q, e.textContent])")


def parsed(ask):
    return {part[0]: int(part[1:]) for part in ask.split()}


def agrees(browser, cube, chosen, name):
    """Every number of failures is what the cube says of the choice, and the parts add up."""
    shown = numbers(browser)
    total = cube.failures({}, chosen)
    for measure, ask, text in shown:
        # What several backends' finding counts is what each of them counts, not what lies in its time.
        if measure == "f" and (chosen or "w" not in parsed(ask)):
            expected = words_of(cube.failures(parsed(ask), chosen))
            check(text == expected, f"{name}: failures of '{ask}' are {text}, not {expected}")
    by = {}
    for measure, ask, text in set(map(tuple, shown)):
        parts = parsed(ask) if measure == "f" else {}
        if len(parts) == 1:
            by.setdefault(next(iter(parts)), []).append(int(text.replace(" ", "")))
    for dimension in "czgs":
        check(sum(by.get(dimension, [])) == total, f"{name}: parts by {dimension} are {by.get(dimension)}, not {total}")
    return total


def open_page(browser, path, **how):
    browser.open(f"file://{path}", **how)
    browser.settle()


def quiet(browser, name):
    check(not browser.said, f"{name}: the console says {browser.said}")
    left = [url for url in browser.requests if not url.startswith(("file://", "data:"))]
    check(not left, f"{name}: the page asks for {left}")
    check(sum(url.startswith("file://") for url in browser.requests) <= 1, f"{name}: more than the page is read: {browser.requests}")


def try_choices(browser, path):
    open_page(browser, path)
    cube = Cube(browser)
    whole = agrees(browser, cube, {}, "everything")
    before = numbers(browser)
    verdicts = cube.told["verdicts"]
    for v, verdict in enumerate(verdicts):
        if verdict["group"] or not verdict["b"]:
            continue
        browser.run(f"document.querySelector('button.only[data-only=\"{v}\"]').click()")
        browser.settle()
        span = (verdict["t"][0][0], max(t[1] for t in verdict["t"]))
        total = agrees(browser, cube, {"v": v, "t": span}, f"finding {v + 1}")
        check(0 < total <= whole, f"finding {v + 1} counts {total} of {whole}")
        after = numbers(browser)
        still = [old for old, new in zip(before, after) if old[0] == "f" and old == new and old[2] != "0"
                 and cube.failures(parsed(old[1]), {}) != cube.failures(parsed(old[1]), {"v": v, "t": span})]
        check(not still, f"finding {v + 1}: numbers that did not change: {still}")
        link = browser.run("location.href")
        open_page(browser, link.removeprefix("file://"))
        check(numbers(browser) == after, f"the link to finding {v + 1} shows other numbers")
        browser.run("document.getElementById('lens-reset').click()")
        browser.settle()
        check(numbers(browser) == before, "counting everything again does not give the first numbers back")
    for key, names in (("b", "backends"), ("c", "classes"), ("g", "gateways")):
        parts = 0
        for place in range(len(cube.told[names])):
            browser.run(f"(e => {{ e.value = {place}; e.dispatchEvent(new Event('change')); }})(document.getElementById('lens-{key}'))")
            browser.settle()
            parts += agrees(browser, cube, {key: place}, f"{names} {place}")
        check(parts == whole, f"{names} add up to {parts}, not {whole}")
        browser.run("document.getElementById('lens-reset').click()")
        browser.settle()
    box = browser.run("(b => [b.left, b.top, b.width, b.height])(document.getElementById('brush').getBoundingClientRect())")
    left, right, y = box[0] + box[2] * 0.31, box[0] + box[2] * 0.52, box[1] + box[3] / 2
    browser.call("Input.dispatchMouseEvent", type="mousePressed", x=left, y=y, button="left", clickCount=1)
    for step in range(1, 6):
        browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=left + (right - left) * step / 5, y=y, button="left")
    browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=right, y=y, button="left", clickCount=1)
    browser.settle()
    span = browser.run("[Number(document.getElementById('from').value), Number(document.getElementById('to').value)]")
    cells = cube.told["cells"]
    check(abs(span[0] - 0.31 * cells) <= 2 and abs(span[1] - 0.52 * cells) <= 2, f"the brush chooses {span} of {cells}")
    agrees(browser, cube, {"t": tuple(span)}, "brush")
    quiet(browser, "choices")


def try_keys(browser, path):
    open_page(browser, path)
    for number, section in enumerate(["verdicts", "story", "next", "timeline", "shape", "breaks", "wide", "traits", "impact"], 1):
        browser.type(str(number))
        browser.settle()
        check(browser.run("document.activeElement.id") == section, f"key {number} does not lead to {section}")
    browser.type("e")
    browser.settle()
    check("finding=1" in browser.run("location.hash"), "key e does not choose the first finding")
    check(browser.run("document.activeElement.id") == "f-1", "key e does not lead to the finding")
    browser.type("0")
    browser.settle()
    check("finding" not in browser.run("location.hash"), "key 0 does not count everything")
    browser.type("/")
    check(browser.run("document.activeElement.id") == "lens-q", "key / does not lead to the filter")
    browser.run("document.activeElement.blur()")
    browser.type("?")
    check(browser.run("document.getElementById('help').open"), "key ? does not show the keys")
    browser.key("Escape", number=27)
    check(not browser.run("document.getElementById('help').open"), "Escape does not close the help")
    open_page(browser, path)
    wanted = browser.run("""(() => { window.reached = new Set();
      window.wanted = [...document.querySelectorAll('a[href], button, input, select, summary')].filter(e => e.checkVisibility() && !e.disabled);
      document.addEventListener('focusin', e => { reached.add(e.target);
        const s = getComputedStyle(e.target); if (e.target.matches(':focus-visible') && s.outlineStyle === 'none') (window.unseen ||= []).push(e.target.outerHTML.slice(0, 80)); });
      return wanted.length; })()""")
    for _ in range(wanted + 40):
        browser.key("Tab", number=9)
    missed = browser.run("wanted.filter(e => !reached.has(e)).map(e => e.outerHTML.slice(0, 90))")
    check(not missed, f"Tab does not reach {missed[:5]}")
    check(not browser.run("window.unseen || []"), f"focus cannot be seen on {browser.run('window.unseen')}")
    quiet(browser, "keys")


CONTRAST = """(() => {
  const rgb = t => { const m = t.match(/[\\d.]+/g).map(Number); return t.startsWith('color(srgb') ? [m[0] * 255, m[1] * 255, m[2] * 255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => { const [r, g, b] = c.map(x => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { let stack = []; for (let x = e; x; x = x.parentElement) stack.push(rgb(getComputedStyle(x).backgroundColor)); return stack.reverse().reduce((b, c) => over(c, b), [255, 255, 255, 1]); };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const bg = behind(e), fg = over(rgb(getComputedStyle(e).color), bg), [a, b] = [light(fg), light(bg)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push([e.tagName, e.className, ((a + .05) / (b + .05)).toFixed(2), e.textContent.slice(0, 30)]);
  }
  return poor; })()"""

SHAPE = """(() => { const bad = []; let level = 0;
  for (const h of document.querySelectorAll('h1, h2, h3, h4, h5')) { const n = Number(h.tagName[1]); if (n > level + 1) bad.push('heading ' + h.textContent); level = n; }
  for (const e of document.querySelectorAll('svg')) if (!e.closest('[aria-hidden=true]') && !e.parentElement.closest('svg') && !(e.getAttribute('role') === 'img' && (e.getAttribute('aria-label') || document.getElementById(e.getAttribute('aria-labelledby'))))) bad.push('chart without a name ' + e.outerHTML.slice(0, 60));
  for (const t of document.querySelectorAll('table')) if (!t.querySelector('th')) bad.push('table without heads');
  for (const e of document.querySelectorAll('button, input, select')) if (e.checkVisibility() && !e.textContent.trim() && !e.getAttribute('aria-label') && !(e.labels || []).length) bad.push('nameless ' + e.outerHTML);
  for (const a of document.querySelectorAll('a[href]')) if (!a.getAttribute('href').startsWith('#') || !document.getElementById(a.getAttribute('href').slice(1))) bad.push('link ' + a.getAttribute('href'));
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id); if (new Set(ids).size !== ids.length) bad.push('doubled id');
  return bad; })()"""


def look(browser, path, name, pictures):
    for place, width, dark in (("desktop light", 1280, False), ("desktop dark", 1280, True), ("phone light", 390, False), ("phone dark", 390, True)):
        open_page(browser, path, width=width, dark=dark)
        wide = browser.run("document.documentElement.scrollWidth")
        check(wide <= width, f"{name}, {place}: the page is {wide} wide")
        poor = browser.run(CONTRAST)
        check(not poor, f"{name}, {place}: contrast below 4.5: {poor[:4]}")
        if pictures:
            browser.picture(os.path.join(pictures, f"{name}-{place.replace(' ', '-')}.png"))
    check(not browser.run(SHAPE), f"{name}: {browser.run(SHAPE)}")
    quiet(browser, name)


def try_paper(browser, path):
    """What is printed at the width of A4: nothing is cut off, cards are unfolded, tables behind charts are not."""
    open_page(browser, path, width=794, media="print")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    cut = browser.run("""[...document.querySelectorAll('main *, header *')].filter((e) => e.checkVisibility()
        && !e.closest('svg, .hidden, thead') && e.scrollWidth > e.clientWidth + 1
        && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)).map((e) => e.className || e.tagName)""")
    check(not cut, f"paper: cut off: {cut[:4]}")
    wide = browser.run("document.documentElement.scrollWidth")
    check(wide <= 794, f"paper: the page is {wide} wide")
    closed = browser.run("document.querySelectorAll('details:not(.data):not([open])').length")
    check(closed == 0, f"paper: {closed} parts stay folded")
    check(not browser.run("[...document.querySelectorAll('details.data, .lens, button')].some((e) => e.checkVisibility())"),
          "paper: tables behind charts or controls are printed")
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    check(browser.run("document.querySelectorAll('#next details[open]').length") == 0, "paper: what was unfolded stays so")


def try_without_scripts(browser, path):
    open_page(browser, path)
    told = numbers(browser)
    text = open(path, encoding="utf-8").read()
    browser.open(f"file://{path}", scripts=False)
    check(browser.run("document.getElementById('lens').checkVisibility()") is False, "the lens shows without scripts")
    check(numbers(browser) == told, "numbers differ with scripts off")
    check(browser.run("[...document.querySelectorAll('path[data-series]')].filter(p => p.getAttribute('d')).length") > 0, "no chart without scripts")
    for number in (*range(1, 10), 12, 13, 14, 15):
        check(f'<span class="no">{number}</span>' in text, f"section {number} is missing")


def try_hostile(browser, path):
    open_page(browser, path)
    check(browser.run("window.pwned === undefined"), "log text was run")
    check(browser.run("document.querySelectorAll('script').length") == 2, "a script was added")
    odd = browser.run("[...document.querySelectorAll('img, iframe, object, embed, base, form:not(#lens):not([method=dialog]), marquee, x-logtriage')].map(e => e.outerHTML.slice(0, 80))")
    check(not odd, f"log text became markup: {odd}")
    marked = browser.run("[...document.querySelectorAll('body *')].flatMap(e => [...e.attributes].map(a => a.name)).filter(n => /^on|^style$|^srcdoc$/.test(n))")
    check(not marked, f"log text became attributes: {marked}")
    text = open(path, encoding="utf-8").read()
    bad = {f"U+{ord(c):04X}" for c in text if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")}
    check(not bad, f"the page holds {bad}")
    try_choices(browser, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--pictures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        incident, hostile = os.path.join(home, "incident.html"), os.path.join(home, "hostile.html")
        log = os.path.join(home, "hostile.ndjson")
        with open(log, "w", encoding="utf-8") as file:
            file.write(hostile_log())
        for source, page in ((os.path.join(ROOT, "SampleLogs/incidents/three-backends"), incident), (log, hostile)):
            subprocess.run([given.binary, source, "-o", page], check=True, stdout=subprocess.DEVNULL)
            check(os.path.getsize(page) < 2 << 20, f"{page} is {os.path.getsize(page)} bytes")
        browser = Browser()
        try:
            start = time.time()
            open_page(browser, incident)
            check(time.time() - start < 2, "the page takes two seconds")
            for name, act in (("without scripts", lambda: try_without_scripts(browser, incident)), ("choices", lambda: try_choices(browser, incident)),
                              ("keys", lambda: try_keys(browser, incident)), ("look", lambda: look(browser, incident, "incident", given.pictures)),
                              ("paper", lambda: (try_paper(browser, incident), try_paper(browser, hostile))), ("hostile", lambda: try_hostile(browser, hostile)), ("hostile look", lambda: look(browser, hostile, "hostile", given.pictures))):
                print(name)
                act()
        finally:
            browser.close()
    print("page: " + (f"{len(FAILED)} failed" if FAILED else "all well"))
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
