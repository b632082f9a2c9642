"""Questions of a round, what may be answered to them, and what the answers amount to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

CHOICE, SCALE, TEXT = "choice", "scale", "text"
KINDS = (CHOICE, SCALE, TEXT)
STEPS = 5  # of a scale
ANSWERED = 0  # in place of an option: that a question was answered at all


@dataclass(frozen=True)
class Question:
    """`most` is how many of the options of a choice may be taken."""

    kind: str
    text: str
    options: tuple[str, ...] = ()
    most: int = 1

    @property
    def option_count(self) -> int:
        """How many options there are to count: numbers from 1."""
        return STEPS if self.kind == SCALE else len(self.options)


@dataclass(frozen=True)
class Given:
    """What somebody answers to a question, which is its number from 1.

    `choices` are numbers of options, or the step of a scale.
    """

    question: int
    choices: tuple[int, ...] = ()
    text: str = ""


def kept(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions as a row keeps them."""
    return [asdict(one) for one in questions]


def questions_of(kept: Sequence[Mapping[str, Any]]) -> list[Question]:
    """The same, read again."""
    return [Question(one["kind"], one["text"], tuple(one["options"]), one["most"]) for one in kept]


def said_alike(questions: Sequence[Question]) -> set[str]:
    """What is counted, by its words; one option more or less makes no other question."""
    return {_folded(one.text) for one in questions if one.kind != TEXT}


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def counters_of(questions: Sequence[Question]) -> Iterator[tuple[int, int]]:
    """All that is counted of a round: the question's number, and the option's or `ANSWERED`."""
    for number, question in enumerate(questions, 1):
        for option in range(question.option_count + 1):
            yield number, option


def read_given(
    questions: Sequence[Question], answers: Sequence[Mapping[str, Any]]
) -> tuple[list[Given], dict[str, list[str]]]:
    """Answers to some of the questions, in their order, and, by its place, what is wrong."""
    given: dict[int, Given] = {}
    wrong: dict[str, list[str]] = {}
    for place, answer in enumerate(answers):
        number = answer["question"]
        complaint = _complaint(questions, answer, is_second=number in given)
        if complaint:
            wrong[f"answers.{place}"] = [complaint]
            continue
        scale = answer.get("scale")
        choices = (scale,) if scale is not None else tuple(sorted(answer.get("choices", ())))
        given[number] = Given(number, choices, answer.get("text", ""))
    return [given[number] for number in sorted(given)], wrong


def _complaint(
    questions: Sequence[Question], answer: Mapping[str, Any], *, is_second: bool
) -> str | None:
    number = answer["question"]
    if not 1 <= number <= len(questions):
        return "There is no such question."
    if is_second:
        return "Each question is answered once."
    question = questions[number - 1]
    said = {name for name in ("choices", "scale", "text") if answer.get(name) is not None}
    if said != {_SAID[question.kind]}:
        return f"This question takes `{_SAID[question.kind]}`."
    if question.kind != CHOICE:
        return None
    choices = answer["choices"]
    if len(set(choices)) != len(choices) or not 1 <= len(choices) <= question.most:
        return f"Take 1 to {question.most} options, each once."
    if not all(1 <= one <= len(question.options) for one in choices):
        return "There is no such option."
    return None


def differences(before: Sequence[Given], after: Sequence[Given]) -> Counter[tuple[int, int]]:
    """By how much each counter changes where one answer takes the place of another."""
    change = Counter(_counted(after))
    change.subtract(_counted(before))
    return Counter({counter: by for counter, by in change.items() if by})


def _counted(given: Sequence[Given]) -> Iterator[tuple[int, int]]:
    for one in given:
        yield one.question, ANSWERED
        for choice in one.choices:
            yield one.question, choice


def median_of(counts: Sequence[int]) -> float | None:
    """The median step of a scale whose steps, from 1, were taken so often; None of nothing."""
    total = sum(counts)
    if not total:
        return None
    return (_step_at(counts, (total - 1) // 2) + _step_at(counts, total // 2)) / 2


def _step_at(counts: Sequence[int], place: int) -> int:
    """The step that stands at a place, from 0, of all in their order."""
    return 1 + sum(place >= reached for reached in accumulate(counts))


_SAID = {CHOICE: "choices", SCALE: "scale", TEXT: "text"}
