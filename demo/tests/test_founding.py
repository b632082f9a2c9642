"""The founding community arrives through the real services; a smaller one is interrupted."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.members import LEFT
from demo.founding import arriving
from demo.founding.arriving import Arrival
from demo.founding.story import Story, StoryMistake, read_story
from demo.founding.tour import describe_tour, list_held
from demo.machine import Machine
from services.discussion.models import Accept, Like, Post
from services.identity.models import Credentials, Member
from services.social.models import Follow, KeywordFollow

PASSWORD = "three chairs and an oven"
MEMBERS = """\
key,name,headline,company,place,language,invited_by,joined,left,bio
ada,Ada Marchetti,Baker,,Lyon,en,,40,,
ben,Ben Adler,Tailor,,Lyon,en,ada,30,,
cyd,Cyd Moreau,Florist,,Lyon,fr,ben,20,2,
"""
POSTS = """\
[[questions]]
by = "ben"
days = 12
title = "How warm should the water for sourdough be?"
keywords = ["Sourdough"]
body = "My kitchen is cold in the morning."
likes = { cyd = 11 }

[[questions.answers]]
by = "ada"
days = 10
accepted = 8
body = "Thirty degrees, until the dough is at twenty-five."
likes = { ben = 9, cyd = 3 }
"""
FOLLOWS = "member,follows,days\nada,cyd,15\nben,#Sourdough,10\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "posts").mkdir()
    (tmp_path / "members.csv").write_text(MEMBERS)
    (tmp_path / "posts" / "bread.toml").write_text(POSTS)
    (tmp_path / "follows.csv").write_text(FOLLOWS)
    return tmp_path


def test_the_story_has_what_pictures_need() -> None:
    story = read_story()

    answers = [post for post in story.posts if post.question is not None]
    questions = [post for post in story.posts if post.question is None and not post.form]
    answered = {post.question.key for post in answers if post.question is not None}
    assert len(story.people) == 30 and len(story.founders) == 2
    assert max(Counter(_height(story, key) for key in story.people)) in (3, 4)
    assert len(story.posts) >= 60 and len(questions) - len(answered) == 2
    assert [person.key for person in story.people.values() if person.left] == ["paul"]
    assert sum(len(post.likes) for post in story.posts) >= 350 and len(story.follows) >= 150


def test_its_likes_prove_skills_and_the_tour_leads_to_them(delivered: Machine) -> None:
    arrival = Arrival(read_story(), delivered, PASSWORD)
    arrival.run()

    levels: dict[str, int] = {}
    for held in list_held(arrival):
        levels[held.key] = max(held.level, levels.get(held.key, 0))
    assert sum(level >= 2 for level in levels.values()) >= 8 and max(levels.values()) >= 4
    lines = list(describe_tour(arrival, "http://here"))
    assert f"    http://here/members/{arrival.people['ngoc'].id}/skills/postgresql" in lines
    assert "  ngoc@founding.example (a member)" in lines and lines[-1].endswith(PASSWORD)


def test_everything_happens_at_its_time(folder: Path, delivered: Machine) -> None:
    Arrival(read_story(folder), delivered, PASSWORD).run()

    ada, ben, cyd = delivered.do("identity", _members)
    asked, answered = delivered.do("discussion", _published)
    assert (ben.joined_at - ada.joined_at).days == 10 and (asked - ben.joined_at).days == 18
    assert (answered - asked).days == 2
    assert (ada.role, ben.sponsor_id, cyd.state) == ("administrator", ada.id, LEFT)


def test_a_second_run_doubles_nothing(folder: Path, delivered: Machine) -> None:
    Arrival(read_story(folder), delivered, PASSWORD).run()
    before = _counts(delivered)
    again = Arrival(read_story(folder), delivered, "another password than that")

    again.run()

    assert _counts(delivered) == before == [3, 2, 3, 1, 5, 1]
    assert list(describe_tour(again, "http://here"))[-1].endswith("the first run printed.")


def test_an_interrupted_run_goes_on_with_its_password(
    folder: Path, delivered: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(arriving, "wait_for_members", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            Arrival(read_story(folder), delivered, PASSWORD).run()
    joined = delivered.do("identity", _members)

    Arrival(read_story(folder), delivered, None).run()

    assert [one.id for one in delivered.do("identity", _members)] == [one.id for one in joined]
    assert _counts(delivered) == [3, 2, 3, 1, 5, 1]
    hashes = select(func.count(func.distinct(Credentials.password_hash)))
    assert delivered.do("identity", lambda session: session.scalar(hashes)) == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("posts/bread.toml", "cyd = 11", "dan = 11", "nobody is called dan"),
        ("posts/bread.toml", "ben = 9", "ben = 10.5", "10.5 days ago is too early"),
        ("posts/bread.toml", "cyd = 3", "cyd = 1", "cyd was no member 1"),
        ("posts/bread.toml", "ben = 9", "ada = 9", "liked by its author"),
        ("posts/bread.toml", "days = 10", "days = 13", "before its question"),
        ("members.csv", "ada,30", "cyd,30", "Inviting ben: cyd was no member 30.0"),
        ("follows.csv", "ada,cyd,15", "ada,cyd,25", "cyd was no member 25.0"),
    ],
)
def test_what_cannot_have_happened_is_told(
    folder: Path, file: str, old: str, new: str, told: str
) -> None:
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))

    with pytest.raises(StoryMistake, match=told):
        read_story(folder)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _height(story: Story, key: str) -> int:
    """How many invitations led to them."""
    sponsor = story.people[key].invited_by
    return 1 + _height(story, sponsor) if sponsor else 0


def _members(session: Session) -> list[Member]:
    return list(session.scalars(select(Member).order_by(Member.joined_at)))


def _published(session: Session) -> list[Any]:
    return list(session.scalars(select(Post.published_at).order_by(Post.published_at)))


def _counts(machine: Machine) -> list[int]:
    """Members, posts, likes, accepts, follows (four of joining), and those of keywords."""

    def count(service: str, model: Any) -> int:
        counted = select(func.count()).select_from(model)
        return machine.do(service, lambda session: session.execute(counted).scalar_one())

    own = [count("identity", Member)]
    own += [count("discussion", model) for model in (Post, Like, Accept)]
    return own + [count("social", model) for model in (Follow, KeywordFollow)]
