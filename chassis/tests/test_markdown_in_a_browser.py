"""What Chromium makes of rendered texts: its own parser decides what is a script, not ours."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chassis.tests.test_markdown import HOSTILE, PIECES, render_or_refuse

# 20,000 by hand: SKILLER_FUZZ_EXAMPLES=20000.
BODIES = int(os.environ.get("SKILLER_FUZZ_EXAMPLES", "1000"))
CHROMIUM = shutil.which("chromium")
HEADLESS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=2000", "--dump-dom"),
)
BEFORE = """<!DOCTYPE html><meta charset="utf-8"><script>
let ran = 0;
for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => { ran += 1 };
</script>"""
AFTER = """<script>
addEventListener("load", () => {
for (const link of document.querySelectorAll("article a")) {
  if (!["http:", "https:", "mailto:", "file:"].includes(link.protocol)) ran += 1;
}
const everything = [...document.querySelectorAll("article, article *")];
const handlers = everything.filter(e => [...e.attributes].some(a => /^on/i.test(a.name)));
const told = {
  ran, handlers: handlers.length, scripts: document.scripts.length,
  loading: document.querySelectorAll(
    "iframe, object, embed, img, svg, form, link, base, style, article meta").length,
  articles: document.querySelectorAll("body > article").length,
};
document.body.innerHTML = "<pre id=told>" + JSON.stringify(told) + "</pre>";
});
</script>"""


@pytest.mark.skipif(
    not CHROMIUM and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="chromium is not installed",
)
def test_no_script_runs_in_a_browser(tmp_path: Path) -> None:
    rendered = [html for body in _bodies() if (html := render_or_refuse(body))]
    assert len(rendered) > BODIES / 2

    seen = _shown(rendered, tmp_path)

    assert seen == {
        "ran": 0,
        "handlers": 0,
        "scripts": 2,
        "loading": 0,
        "articles": len(rendered),
    }


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")
def test_a_script_would_be_seen(tmp_path: Path) -> None:
    hostile = ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</article><p>"]

    seen = _shown([*hostile, '<a href="javascript:alert(1)">x</a>'], tmp_path)

    assert seen["ran"] == 3
    assert (seen["handlers"], seen["scripts"], seen["loading"]) == (1, 3, 1)


def _bodies() -> list[str]:
    found: list[str] = []

    @settings(
        max_examples=BODIES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(st.lists(PIECES | st.sampled_from(sorted(HOSTILE.values())), max_size=30))
    def collect(pieces: list[str]) -> None:
        found.append("".join(pieces))

    collect()
    return found


def _shown(rendered: list[str], folder: Path) -> dict[str, int]:
    """What the browser tells of a page with all of these."""
    page = folder / "page.html"
    articles = "".join(f"<article>{html}</article>" for html in rendered)
    page.write_text(f"{BEFORE}{articles}{AFTER}", encoding="utf-8")
    assert CHROMIUM
    done = subprocess.run(
        [CHROMIUM, *HEADLESS, f"--user-data-dir={folder / 'profile'}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr[-500:]
    seen: dict[str, int] = json.loads(told[1])
    return seen
