"""Posts written from what can be said of a skill and the frames around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from demo.community.words import Saying, Topic, fill, frames


@dataclass(frozen=True)
class Said:
    """What a post says of a topic; `form` and `link` are a share's."""

    topic: Topic
    title: str
    body: str
    keywords: Sequence[str]
    form: str = ""
    link: str | None = None


def question(topic: Topic, language: str, draw: Random) -> Said:
    """Somebody's case, and what they would like to hear."""
    said, about = topic.said[language], frames(language)
    problem, context = draw.choice(said.problems)
    # What has a colon already gets no other.
    titles = [one for one in about["titles"] if ":" not in problem or ":" not in one]
    title = draw.choice(titles).replace("{problem}", problem)
    parts = [context, fill(draw.choice(about["settings"]), draw), draw.choice(about["asks"])]
    body = f"{parts[0]} {parts[1]}\n\n{parts[2]}" if draw.random() < 0.6 else "\n\n".join(parts)
    return Said(topic, title, body, [said.keyword])


def answer(topic: Topic, language: str, draw: Random) -> Said:
    """Two or three pieces of advice."""
    said, about = topic.said[language], frames(language)
    opening = fill(draw.choice(about["openings"]), draw)
    closing = fill(draw.choice(about["closings"]), draw)
    return Said(topic, "", f"{opening}\n\n{_advice(said, draw)}\n\n{closing}", ())


def share(topic: Topic, language: str, draw: Random) -> Said:
    """An experience, or something to read."""
    said, about = topic.said[language], frames(language)
    is_watch = draw.random() < 0.35
    titles, leads = ("watches", "watching") if is_watch else ("shares", "experience")
    title = fill(draw.choice(about[titles]), draw, keyword=said.keyword)
    body = f"{draw.choice(about[leads])}\n\n{_advice(said, draw, listed=True)}"
    link = None
    if is_watch:
        link = f"https://library.example/{topic.skill}/{draw.randint(1, 400)}"
    form = "watch" if is_watch else "experience"
    return Said(topic, title, body, [said.keyword], form, link)


def _advice(said: Saying, draw: Random, *, listed: bool = False) -> str:
    count = 3 if listed else draw.choice((1, 2, 2, 3))
    chosen = draw.sample(said.advice, count)
    if listed or (count == 3 and draw.random() < 0.5):
        return "\n".join(f"- {one}" for one in chosen)
    return " ".join(chosen) if draw.random() < 0.5 else "\n\n".join(chosen)
