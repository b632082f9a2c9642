"""What the API answers about opinions and benchmarks, as far as pages show it."""

from datetime import date, datetime
from typing import Any

from web.api.models import Answer, Person


class Question(Answer):
    """A question of a round."""

    number: int
    kind: str
    text: str
    options: list[str]
    most: int


class Round(Answer):
    """A round of opinions."""

    id: str
    project_id: str
    author: Person
    title: str
    concept_html: str
    lang: str
    audience: str
    is_anonymous: bool
    results: str
    opens_at: datetime
    closes_at: datetime
    state: str
    answer_count: int
    questions: list[Question]
    is_given: bool | None
    may_answer: bool
    may_see_results: bool
    outcome: str
    outcome_html: str
    is_outcome_missed: bool


class Given(Answer):
    question: int
    choices: list[int]
    text: str


class Opinion(Answer):
    """What the visitor answered."""

    is_given: bool | None
    answers: list[Given]


class OptionResult(Answer):
    option: int
    text: str
    count: int


class QuestionResult(Answer):
    """What was answered to a question."""

    question: int
    kind: str
    text: str
    is_shown: bool
    answer_count: int | None
    options: list[OptionResult]
    median: float | None


class Results(Answer):
    """What was answered in a round."""

    state: str
    answer_count: int
    questions: list[QuestionResult]


class OpinionText(Answer):
    id: str
    member: Person | None
    text: str


class NamedChoice(Answer):
    member: Person
    choices: list[int]


class Origin(Answer):
    """What a copy is one of."""

    project_id: str
    benchmark_id: str
    title: str
    version: int


class Benchmark(Answer):
    """A benchmark without its table."""

    id: str
    project_id: str
    author: Person
    title: str
    lang: str
    version: int
    origin: Origin | None
    is_followed: bool
    follower_count: int
    changed_at: datetime


class Criterion(Answer):
    id: str
    name: str
    kind: str
    unit: str


class Alternative(Answer):
    id: str
    name: str


class Cell(Answer):
    """A value; a truth is a bool."""

    alternative: str
    criterion: str
    value: Any
    source: str
    as_of: date
    is_old: bool


class Table(Answer):
    """A version of a benchmark."""

    benchmark: Benchmark
    version: int
    published_at: datetime | None
    criteria: list[Criterion]
    alternatives: list[Alternative]
    cells: list[Cell]

    def by_pair(self) -> dict[tuple[str, str], Cell]:
        """Its values, by alternative and criterion."""
        return {(one.alternative, one.criterion): one for one in self.cells}


class BenchmarkVersion(Answer):
    version: int
    author: Person
    published_at: datetime


class PartChange(Answer):
    before: Criterion | None
    after: Criterion | None


class NameChange(Answer):
    before: Alternative | None
    after: Alternative | None


class CellChange(Answer):
    alternative: str
    criterion: str
    before: Cell | None
    after: Cell | None


class Changes(Answer):
    """What changed from one version to another."""

    criteria: list[PartChange]
    alternatives: list[NameChange]
    cells: list[CellChange]
    cell_count: int


class FileProblem(Answer):
    line: int
    column: str
    code: str
    value: str


class Column(Answer):
    name: str
    kind: str
    unit: str
    is_new: bool


class Import(Answer):
    """What was understood of a file."""

    encoding: str
    separator: str
    decimal: str
    columns: list[Column]
    first_rows: list[list[str]]
    alternative_count: int
    cell_count: int
    changed_count: int
    removed_count: int
    problems: list[FileProblem]
    base_version: int
    version: int | None
