"""`python -m bench.detection`: what is found in labelled posts, in tagged titles, and how quickly.

Six sets of posts, written and labelled for this, half French, a sixth to a quarter traps that are
about no skill: detection was made with the first three in view, not with the others. The tagged
titles are read from the data beside the project; their tags are taken as the catalogue.
"""

import csv
import gzip
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bench.attribution.communities import DATA
from services.skills.actions.catalogue import read_catalogue
from services.skills.detection.detector import Detector, Term
from services.skills.detection.prose import prose_of
from services.skills.detection.subjects import RELEVANCE, Reader
from services.skills.detection.weighing import Fields
from services.skills.detection.words import Passage, normalise

LABELLED = {
    "first set": "labelled.jsonl",
    "second set": "labelled_second.jsonl",
    "third set": "labelled_third.jsonl",
    "fourth set": "labelled_fourth.jsonl",
    "held out": "labelled_held_out.jsonl",
    "fifth set": "labelled_fifth.jsonl",
}
POSTS, LETTERS, SKILLS = 20_000, 1_000, 15_000
TEXT = (
    "Nous cherchons une méthode pour mesurer le développement durable dans nos ateliers, avec"
    " Python et l'analyse de données. "
)


@dataclass
class Score:
    """Right, wrong and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: set[str], wanted: set[str]) -> None:
        self.right += len(found & wanted)
        self.wrong += len(found - wanted)
        self.missed += len(wanted - found)

    def __str__(self) -> str:
        precision = self.right / (self.right + self.wrong)
        recall = self.right / (self.right + self.missed)
        return f"precision {precision:.3f}, recall {recall:.3f}"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=False)
def main(data: Path) -> None:
    """Measure detection; quotes, which count a tenth, are left out of what is found."""
    reader, slugs = _reader()
    for name, file in LABELLED.items():
        for line in _labelled(reader, slugs, name, Path(__file__).with_name(file)):
            click.echo(line)
    for line in (*_titles(data), *_speed(reader)):
        click.echo(line)


def _reader() -> tuple[Reader, list[str]]:
    entries = list(read_catalogue())
    slugs = [entry.slug for entry in entries]
    ids = {slug: number for number, slug in enumerate(slugs)}
    terms = [
        Term(term, ids[entry.slug], kind) for entry in entries for term, kind in entry.terms.items()
    ]
    kin = {
        ids[entry.slug]: {ids[slug] for slug in (entry.broader, *entry.related) if slug}
        for entry in entries
    }
    categories = {ids[entry.slug]: entry.category for entry in entries}
    clues = [(ids[entry.slug], entry.clues) for entry in entries]
    return Reader(Detector(terms, clues), Fields(categories, kin)), slugs


def _labelled(reader: Reader, slugs: list[str], name: str, file: Path) -> Iterator[str]:
    scores = {"fr": Score(), "en": Score()}
    both, traps, caught = Score(), 0, 0
    for line in file.read_text(encoding="utf-8").splitlines():
        post = json.loads(line)
        subjects = reader.subjects(
            title=post["title"], prose=prose_of(post["body"]), keywords=post["keywords"]
        )
        shown = (one for one in subjects if one.relevance > RELEVANCE["quote"])
        found = {slugs[one.skill_id] for one in shown}
        if post["kind"] == "trap":
            traps, caught = traps + 1, caught + bool(found)
            continue
        for score in (scores[post["lang"]], both):
            score.add(found, set(post["skills"]))
    yield f"{name}: {both}; traps {caught} of {traps}"
    for lang, score in scores.items():
        yield f"  {lang}: {score}"


def _titles(data: Path) -> Iterator[str]:
    rows = list(_rows(data / "travel_tagged_titles.csv.gz"))
    tags = [row["TagName"] for row in _rows(data / "travel_tags.csv.gz")]
    terms = {" ".join(normalise(tag)): number for number, tag in enumerate(tags)}
    detector = Detector(Term(term, number) for term, number in terms.items() if term)
    score = Score()
    for row in rows:
        found = {tags[match.skill_id] for match in detector.find(Passage(row["title"]))}
        score.add(found, set(row["tags"].split(";")))
    yield f"{len(rows):,} tagged titles, tags as they are called: {score}"


def _speed(reader: Reader) -> Iterator[str]:
    many = Reader(
        Detector(
            Term(f"{first} {second}", number)
            for number, (first, second) in enumerate(_pairs(SKILLS))
        )
    )
    text = (TEXT * 10)[:LETTERS]
    for name, one in (("the catalogue", reader), (f"{SKILLS:,} skills", many)):
        started = time.process_time()
        for _ in range(POSTS // 10):
            one.subjects(prose=text)
        seconds = (time.process_time() - started) * 10
        yield f"{POSTS:,} posts of {LETTERS:,} letters with {name}: {seconds:.1f} s of CPU"


def _pairs(count: int) -> Iterable[tuple[str, str]]:
    words = TEXT.split()
    return ((f"{words[n % len(words)]}{n}", words[n * 7 % len(words)]) for n in range(count))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()
