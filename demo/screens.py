"""`python -m demo.screens URL --password …`: pictures of each page, of the founding community.

Needs what tests need, and Chromium. Each is a WebP of at most 100 kB in docs/screens/.
"""

import io
import json
import shutil
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
MOST_BYTES, TALLEST = 100_000, 1_700
PHONE, DESK = 390, 1280
# Of each page its name, its address, and who looks: a stranger, a member, a moderator.
PAGES = """
    stranger / stranger|request /request stranger|sign-in /sign-in stranger
    |charter /charter stranger|offline /offline stranger|nothing /nothing-here stranger
    |home / member|help-out /help-out member|ask /ask member|share /share member
    |question /questions/{question} member|waiting /questions/{waiting} member
    |a-share /shares/{share} member|likes /posts/{answer}/likes member
    |keywords /keywords member|keyword /keywords/{keyword} member
    |member /members/{member} member|tree /members/{member}/tree member
    |followers /members/{member}/followers member
    |evidence /members/{member}/skills/{skill} member
    |find /find?q=PostgreSQL member|skills /skills member|skill /skills/{skill} member
    |search /search?q=levain member|invite /invitations moderator
    |requests /invitation-requests moderator|settings /settings member
    |portrait /settings/portrait member|language /settings/language member
    |told /settings/notices member|sessions /settings/sessions member
    |data /settings/data member|leave /settings/leave member
    |moderation /moderation moderator|acts /moderation/acts moderator
    |projects /projects member|project /projects/{project} member
    |call /projects/{project}/calls/{call} builder
    |round /projects/{project}/rounds/{round} member
    |benchmark /projects/{project}/benchmarks/{benchmark} member
    |changes /projects/{project}/benchmarks/{benchmark}/versions member
    |notices /notices member|project-reports /moderation/projects moderator
    |reports /moderation/reports moderator|report /report/post/{answer} member
"""
DARK = ("home", "question", "member", "evidence", "find")


@dataclass(frozen=True)
class Shot:
    """One page as one visitor sees it."""

    name: str
    path: str
    who: str


def shots(names: Mapping[str, str]) -> Iterator[Shot]:
    """All pages, with what their addresses name."""
    for line in " ".join(PAGES.split()).split("|"):
        name, path, who = line.split()
        yield Shot(name, path.format(**names), who)


@click.command()
@click.argument("url")
@click.option("--password", required=True, help="Of the founding community's members.")
@click.option("--only", default="", help="Names of pages, with commas between them.")
def main(url: str, password: str, only: str) -> None:
    """Take pictures of the pages of a Skiller that holds the founding community."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed.")
    FOLDER.mkdir(exist_ok=True)
    wanted = set(filter(None, only.split(",")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        cookies = {
            "stranger": [],
            "member": _sign_in(browser, url, "ngoc@founding.example", password),
            "builder": _sign_in(browser, url, "yasmine@founding.example", password),
            "moderator": _sign_in(browser, url, "claire@founding.example", password),
        }
        for shot in shots(_names(url, cookies["member"])):
            if not wanted or shot.name in wanted:
                _take(browser, url, shot, cookies[shot.who])
        browser.close()


def _take(browser: Browser, url: str, shot: Shot, cookies: Any) -> None:
    themes = ("light", "dark") if shot.name in DARK else ("light",)
    for theme in themes:
        for width in (PHONE, DESK):
            context = browser.new_context(
                viewport={"width": width, "height": 844},
                color_scheme=theme,  # type: ignore[arg-type]
                locale="fr-FR",
            )
            context.add_cookies(cookies)
            page = context.new_page()
            page.goto(url + shot.path)
            ending = f"-{theme}" if len(themes) > 1 else ""
            _keep(_picture(page, width), FOLDER / f"{shot.name}-{width}{ending}.webp")
            context.close()


def _picture(page: Page, width: int) -> Image.Image:
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    # As tall as the page: the bar below is then at its end, not across it.
    page.set_viewport_size({"width": width, "height": height})
    return Image.open(io.BytesIO(page.screenshot()))


def _keep(picture: Image.Image, file: Path) -> None:
    """As good as its room lets it be."""
    for quality in (80, 65, 50, 35):
        packed = io.BytesIO()
        picture.convert("RGB").save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= MOST_BYTES:
            break
    file.write_bytes(packed.getvalue())
    click.echo(f"{file.name}: {packed.tell() / 1_000:.0f} kB")


def _sign_in(browser: Browser, url: str, email: str, password: str) -> Any:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.click("main .btn.first")
    cookies = context.cookies()
    context.close()
    return cookies


def _names(url: str, cookies: Any) -> dict[str, str]:
    """What addresses name: who knows PostgreSQL best, and what they wrote."""
    [token] = [one["value"] for one in cookies if one["name"] == "skiller-access"]

    def ask(path: str) -> Any:
        request = urllib.request.Request(
            f"{url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    member = ask("/skills/postgresql/experts")["items"][0]["member"]["id"]
    evidence = ask(f"/members/{member}/skills/postgresql/evidence?group=post")["items"]
    post = evidence[0]["post"]
    waiting = next(one for one in ask("/questions")["items"] if one["is_waiting"])
    project = ask("/projects?stage=concept")["items"][0]["id"]

    def first_of(parts: str) -> str:
        found: str = ask(f"/projects/{project}/{parts}")["items"][0]["id"]
        return found

    return {
        "project": project,
        "call": first_of("calls"),
        "round": first_of("rounds"),
        "benchmark": first_of("benchmarks"),
        "member": member,
        "skill": "postgresql",
        "answer": post["id"],
        "question": post["question_id"],
        "waiting": waiting["id"],
        "share": ask("/shares")["items"][0]["id"],
        "keyword": ask("/keywords")["items"][0]["slug"],
    }


if __name__ == "__main__":
    main()
