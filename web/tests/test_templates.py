"""Templates against what they name: icons, pages, texts in both languages."""

import re
from pathlib import Path

import msgspec
import pytest
from werkzeug.routing import MapAdapter

from web import assets, links
from web.api.models import Post
from web.tests.rig import ME, QUESTION, Gateway, pages, question
from web.translations.__main__ import extract, read

FOLDER = Path(__file__).parent.parent / "templates"
TEMPLATES = {
    str(file.relative_to(FOLDER)): file.read_text("utf-8") for file in FOLDER.rglob("*.html")
}
NARROW, WIDE = "\u202f", "\u00a0"


def translations() -> list[tuple[str, str]]:
    found = []
    for message in read():
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            found += list(zip((ids[0], ids[-1]), texts, strict=False))
    return found


def test_every_text_is_translated_and_no_other_is_kept() -> None:
    wanted = {message.id for message in extract() if message.id}
    known = {message.id for message in read() if message.id}

    assert wanted - known == set()
    assert known - wanted == set()
    assert [message.id for message in read() if message.id and message.fuzzy] == []
    assert [text for text, french in translations() if not french] == []


def test_french_has_its_spaces_and_its_apostrophe() -> None:
    wrong = [
        french
        for _, french in translations()
        if re.search(rf"(?<![{NARROW}\s%(])[;!?](?=\s|$)", french)
        or re.search(r" [:;!?»]|« ", french)
        or re.search(rf"(?<![{WIDE}\d/pst]):(?!//|\d)", french)
        or "'" in french
    ]

    assert wrong == []


def test_french_knows_nobody_s_gender() -> None:
    marked = re.compile(r"\w\(e\)|\w·e|\w-e-|\.e\b")

    assert [french for _, french in translations() if marked.search(french)] == []


def test_translations_name_what_their_texts_name() -> None:
    named = re.compile(r"%\((\w+)\)[sd]")

    assert [
        text
        for text, french in translations()
        if not set(named.findall(french)) <= set(named.findall(text)) | {"num"}
    ] == []
    assert [text for text, _ in translations() if re.search(r"\{\w*\}", text)] == []


def test_every_icon_is_in_the_sprite() -> None:
    named = {
        name
        for text in TEMPLATES.values()
        for name in re.findall(r'(?:icon=|(?="[a-z0-9-]+"\|glyph))"([a-z0-9-]+)"', text)
    }

    assert named - set(assets.ICONS) == set()
    assert all(f'id="{name}"'.encode() in assets.sprite() for name in assets.ICONS)


@pytest.fixture(scope="module")
def routes() -> MapAdapter:
    return pages(Gateway()).url_map.bind("localhost")  # type: ignore[no-any-return]


def post(kind: str) -> Post:
    return msgspec.convert(question(kind=kind, question_id=QUESTION), Post)


@pytest.mark.parametrize(
    "path",
    [
        links.member(ME),
        links.evidence(ME, "c++"),
        links.skill("r&d"),
        links.keyword("c#"),
        *(links.post(post(kind)) for kind in ("question", "share", "answer")),
    ],
)
def test_every_link_leads_to_a_page(path: str, routes: MapAdapter) -> None:
    assert routes.match(path.partition("?")[0], method="GET")


def test_every_path_that_templates_write_out_leads_to_a_page(routes: MapAdapter) -> None:
    written = {
        path.partition("?")[0].partition("#")[0]
        for text in TEMPLATES.values()
        for path in re.findall(r'(?:href|action)="(/[^"{}]*)"', text)
    }

    for path in sorted(written - {"/api/docs"}):
        methods = ["POST"] if path == "/sign-out" else ["GET"]
        assert any(_matches(routes, path, method) for method in methods), path


def _matches(routes: MapAdapter, path: str, method: str) -> bool:
    try:
        routes.match(path, method=method)
    except Exception:
        return False
    return True


def test_style_and_script_stay_small() -> None:
    style = len((assets.FOLDER / "skiller.css").read_bytes())
    scripts = sum(len(file.read_bytes()) for file in assets.FOLDER.glob("*.js"))

    assert style <= 20_000 and scripts <= 20_000, (style, scripts)
