"""Chromium as people use it: contexts with a language, a width, with scripts or without.

Every page's complaints are collected: messages on the console, errors of scripts, requests to
other hosts, what is wider than the window.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

T = TypeVar("T")
CHROMIUM = shutil.which("chromium")
# `make test-browser`: every language with every width, with scripts and without, both themes.
IS_WHOLE = os.environ.get("SKILLER_BROWSER") == "all"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
needs_chromium = pytest.mark.skipif(
    not CHROMIUM and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="chromium is not installed",
)


@dataclass(frozen=True)
class Way:
    """How somebody looks at pages."""

    locale: str = "fr"
    width: int = 390
    has_script: bool = True
    theme: str = "light"

    def __str__(self) -> str:
        script = "script" if self.has_script else "plain"
        return f"{self.locale}-{self.width}-{script}-{self.theme}"


def ways(*few: Way) -> list[Way]:
    """How tests look at pages: these few, or all there are."""
    if not IS_WHOLE:
        return list(few)
    return [
        Way(locale, width, has_script=has_script, theme=theme)
        for locale in ("fr", "en")
        for width in sorted({way.width for way in few})
        for has_script in sorted({way.has_script for way in few})
        for theme in sorted({way.theme for way in few})
    ]


def some(every: Sequence[T], *few: T) -> list[T]:
    """What tests try: these few, or every one."""
    return list(every if IS_WHOLE else few)


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    url: str
    context: BrowserContext
    page: Page
    way: Way
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of ours."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self.page

    def fill(self, **fields: str) -> None:
        """Type into fields by their names, and leave each: proposals would cover what is below."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name={name}]")
            field.fill(value)
            field.blur()

    def send(self, *, path: str | None = None) -> None:
        """Press the filled button of the page's form, or the one that posts to a path."""
        form = f"form[action='{path}']" if path else "form:has(.btn.first)"
        with self.page.expect_navigation():
            self.page.locator(f"main {form} button").first.click()

    def press(self, selector: str) -> None:
        """Press a button that a script may swap, or that leads back to the page."""
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        found: int = (
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if self.way.has_script
            else 0
        )
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, ended after the block."""
    if CHROMIUM is None:
        pytest.fail("chromium is required")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def visit(browser: Browser, url: str, way: Way) -> Visitor:
    """Somebody new at the door."""
    options: dict[str, Any] = {
        "locale": "fr-FR" if way.locale == "fr" else "en-GB",
        "viewport": {"width": way.width, "height": 844},
        "java_script_enabled": way.has_script,
        "color_scheme": way.theme,
        "reduced_motion": "reduce",
        "timezone_id": "America/Toronto",  # elsewhere than the community
    }
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    visitor = Visitor(url, context, context.new_page(), way)
    visitor.page.on("console", lambda message: _hear(visitor, message.text))
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "blob:"))
            else visitor.complaints.append(f"asks {request.url}")
        ),
    )
    return visitor


def _hear(visitor: Visitor, words: str) -> None:
    # Chromium tells that it did what was asked of it when somebody signed out.
    if not words.startswith("Clear-Site-Data"):
        visitor.complaints.append(words)
