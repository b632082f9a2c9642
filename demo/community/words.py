"""What people of a community are called, do and say: read from the files beside this one."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from demo.founding.story import typeset
from services.skills.actions.catalogue import read_catalogue

FOLDER = Path(__file__).parent
LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Saying:
    """What can be asked and advised about a skill, in one language."""

    keyword: str
    problems: Sequence[tuple[str, str]]
    advice: Sequence[str]


@dataclass(frozen=True, eq=False)
class Topic:
    """A skill of the catalogue that people of a field talk about, by the field's number.

    `place` is its place among those that are known in depth there, None of others.
    """

    skill: str
    field: int
    place: int | None
    said: Mapping[str, Saying]


@dataclass(frozen=True)
class Domain:
    """What a group of trades has to do with: few skills in depth, others now and then."""

    name: str
    trades: Mapping[str, Sequence[str]]
    topics: Sequence[Topic]
    others: Sequence[Topic]


@cache
def domains() -> Sequence[Domain]:
    """All of them, always in one order."""
    labels = {one.slug: {"fr": one.label_fr, "en": one.label_en} for one in read_catalogue()}
    files = sorted((FOLDER / "topics").glob("*.toml"))
    return [_domain(number, file, labels) for number, file in enumerate(files)]


@cache
def frames(language: str) -> Mapping[str, Any]:
    """What posts have around what they are about."""
    return _typeset(_read(FOLDER / "frames.toml")[language])


@cache
def ventures(language: str) -> Mapping[str, Any]:
    """What projects say of themselves."""
    return _typeset(_read(FOLDER / "ventures.toml")[language])


@cache
def names() -> Mapping[str, Any]:
    """Of people, firms, places and organisations."""
    known: Mapping[str, Any] = _read(FOLDER / "names.toml")
    return known


def fill(text: str, draw: Random, **known: str) -> str:
    """A sentence with its gaps filled: `{years}` and `{people}` by numbers that fit anywhere."""
    return text.format(years=draw.randint(3, 9), people=draw.randint(6, 18), **known)


def _domain(number: int, file: Path, labels: Mapping[str, Mapping[str, str]]) -> Domain:
    told = _read(file)
    topics = [
        Topic(one["skill"], number, n, {name: _saying(one[name]) for name in LANGUAGES})
        for n, one in enumerate(told["topics"])
    ]
    others = [Topic(slug, number, None, _sayings_of_any(labels[slug])) for slug in told["others"]]
    return Domain(file.stem, told["trades"], topics, others)


def _saying(told: Mapping[str, Any]) -> Saying:
    its = _typeset(told)
    problems = [_parted(one) for one in its["problems"]]
    return Saying(its["keyword"], problems, its["advice"])


def _sayings_of_any(labels: Mapping[str, str]) -> Mapping[str, Saying]:
    """What can be said of a skill of which nothing is written here."""
    said = {}
    for language in LANGUAGES:
        about = frames(language)
        problems = [
            _parted(one.replace("{keyword}", labels[language])) for one in about["problems"]
        ]
        said[language] = Saying(labels[language], problems, about["advice"])
    return said


def _parted(text: str) -> tuple[str, str]:
    title, _, context = text.partition(" | ")
    return title, context


def _typeset(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: typeset(text) if isinstance(text, str) else [typeset(one) for one in text]
        for name, text in told.items()
    }


def _read(file: Path) -> Any:
    return tomllib.loads(file.read_text("utf-8"))
