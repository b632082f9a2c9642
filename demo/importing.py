"""Imports a community through the services' actions; the workers deliver its events.

Each act is one transaction of the service that owns it, at its own time by the chassis
clock. All times are moved so that the community's last moment is now: skills fade, and
what ended years ago would prove little today. What an interrupted import has done is found
again by names that the data give it: a member by an address, a post by its moment. Two
imports of the same data at once, or one and a commit whose answer was lost, wait for each other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.claims import Claims
from chassis.errors import ServiceError
from chassis.markdown.text import Text
from chassis.slugs import slug_of
from demo import joining
from demo.joining import claims_of, digest, do_alone
from demo.machine import Machine
from demo.sources import Accept, Act, Like, Post, Source
from demo.tidying import line_of
from services.discussion import models as discussion
from services.discussion.actions import accepts, likes, posts
from services.identity import names, passwords, rules
from services.identity.actions import invitations, limits
from services.identity.errors import NameTaken
from services.identity.models import Credentials, Member
from services.skills.actions import catalogue
from services.skills.models import Skill
from services.skills.queries.catalogue import list_known_terms

LONGEST_NAME = 80
T = TypeVar("T")
_PLAIN = re.compile(r"[a-z0-9]{1,32}")


class OtherData(Exception):
    """Other data of this name were imported before."""


@dataclass
class Import:
    """One run; `people` and `posts` map the data's names to Skiller's ids."""

    community: Source
    machine: Machine
    people: dict[str, Claims] = field(default_factory=dict)
    posts: MutableMapping[str, UUID] = field(init=False)
    left_out: Counter[str] = field(default_factory=Counter)
    likes: int = 0
    accepts: int = 0
    posts_found: int = 0

    def __post_init__(self) -> None:
        self.posts = self.community.ids()

    def run(self) -> None:
        """Add the skills, let everybody join, then ask, answer and like in order of time.

        What is there from an earlier run stays. Raises OtherData or WentAway. All of it is told as
        imported: it is nobody's news.
        """
        with context.importing():
            self._bring()

    def _bring(self) -> None:
        say = self.machine.say
        self.left_out += self.community.left_out
        started, is_new = self._host()
        self._shift = started - datetime.fromtimestamp(self.community.ends_at, UTC)
        if not is_new:
            say(f"An import of {started:%Y-%m-%d %H:%M} UTC goes on; what is there stays.")
        say(f"All times are moved by {self._shift.days} days, so that it ends now.")
        say(f"{self._add_skills()} terms added to the catalogue.")
        for number, (seconds, act) in enumerate(self.community.in_order(), start=1):
            self._do(act, datetime.fromtimestamp(seconds, UTC) + self._shift)
            if number % 1000 == 0:
                say(f"{number} acts imported.")
        self._summarise()

    def _do(self, act: Act, second: datetime) -> None:
        with clock.at(second + _within(act)), self._counting():
            if isinstance(act, Like):
                self._like(act)
            elif isinstance(act, Accept):
                self._accept(act)
            else:
                self._publish(act)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        """What Skiller refuses is left out, as whoever it is about may have left since."""
        try:
            yield
        except ServiceError as error:
            self.left_out[f"acts that were refused ({error.code})"] += 1

    def _alone(self, service: str, act: Callable[[Session], T]) -> T:
        """Do something in one transaction that none of the same community meets."""
        return do_alone(self.machine, self.community.name, service, act)

    def _summarise(self) -> None:
        say = self.machine.say
        there = f", of which {self.posts_found} posts were there" if self.posts_found else ""
        say(
            f"{len(self.people)} members, {len(self.posts)} posts, {self.likes} likes and"
            f" {self.accepts} accepted answers imported{there}."
        )
        for note in self.community.notes:
            say(note)
        for what, counted in (("Left out", self.left_out), ("Mended", self.community.mended)):
            if counted:
                told = ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items()))
                say(f"{what}: {told}.")

    def _add_skills(self) -> int:
        """The community's own terms, but those that the catalogue knows already."""
        entries: dict[str, catalogue.Entry] = {}
        taken: set[str] = set()
        for term in self.community.skills:
            entry = catalogue.Entry(slug_of(term), term, term, line_of(self.community.name))
            terms = entry.terms.keys()
            if terms and entry.slug not in entries and not terms & taken:
                entries[entry.slug] = entry
                taken |= terms

        def add(session: Session) -> int:
            slugs = set(session.scalars(select(Skill.slug).where(Skill.slug.in_(entries))))
            known = set(list_known_terms(session, taken))
            new = [
                e for e in entries.values() if e.slug not in slugs and not e.terms.keys() & known
            ]
            return catalogue.add_skills(session, new)

        return self._alone("skills", add)

    def _host(self) -> tuple[datetime, bool]:
        """An administrator who invites everybody: the data do not say who invited whom.

        When they joined, the import began; their address tells which data it is of.
        """
        self._password = passwords.hash_password(uuid4().hex)  # nobody signs in as these
        self._domain = f"{_label(self.community.name)}.invalid"
        own = f"host.{self.community.digest[:16]}@{self._domain}"
        started = clock.now()

        def join(session: Session) -> tuple[Member, bool]:
            hosts = select(Member, Credentials.email).join(Credentials)
            found = session.execute(
                hosts.where(Credentials.email.like(f"host.%@{self._domain}"))
            ).all()
            for member, email in found:
                if email == own:
                    return member, False
            if found:
                raise OtherData(
                    f"Other data named {self.community.name} were imported before:"
                    " give these files another name."
                )
            token = invitations.invite_administrator(session)
            return self._join(session, token, f"{self._title} host", own), True

        with clock.at(started):
            host, is_new = self._alone("identity", join)
        self._host_claims = claims_of(host)
        return host.joined_at, is_new

    def _claims(self, person: str) -> Claims:
        """Who acts; somebody who acts for the first time is invited and joins first."""
        if person not in self.people:
            email = f"{_label(person)}@{self._domain}"
            name = self._name_of(person)

            def join(session: Session) -> Member:
                known = select(Member).join(Credentials).where(Credentials.is_at(email))
                return session.scalar(known) or self._invite(session, person, name, email)

            self.people[person] = claims_of(self._alone("identity", join))
        return self.people[person]

    def _invite(self, session: Session, person: str, name: str, email: str) -> Member:
        # How many a person may invite in a day is no matter of data.
        limits.forget_tries(session, allowance=rules.STAFF_INVITATIONS, who=[self._host_claims.id])
        _, token = invitations.invite(session, actor=self._host_claims, email=None, note="Welcome")
        try:
            with session.begin_nested():
                return self._join(session, token, name, email)
        except NameTaken:
            return self._join(session, token, self._plain_name(person), email)

    def _join(self, session: Session, token: str, name: str, email: str) -> Member:
        return joining.join(
            session,
            token=token,
            name=name,
            email=email,
            password_hash=self._password,
            locale="en",
        )

    def _name_of(self, person: str) -> str:
        """What the data say, or else what they call somebody, as far as it is a name."""
        for words in (self.community.name_of(person), f"{self._title} {person}"):
            name = line_of(words or "")
            if name and len(name) <= LONGEST_NAME and not names.find_mistake(name):
                return name
        return self._plain_name(person)

    @property
    def _title(self) -> str:
        title = line_of(self.community.name).capitalize()[:30]
        return "Imported" if names.find_mistake(title) else title

    def _plain_name(self, person: str) -> str:
        return f"{self._title} member {digest(person)[:8]}"

    def _publish(self, post: Post) -> None:
        if post.question is not None and post.question not in self.posts:
            self.left_out["answers whose question was refused"] += 1
            return
        actor, text = self._claims(post.author), Text.of(post.body)

        def publish(session: Session) -> tuple[UUID, bool]:
            theirs = select(discussion.Post.id).where(
                discussion.Post.author_id == actor.id,
                discussion.Post.published_at == clock.now(),
            )
            if found := session.scalar(theirs):
                return found, True
            if post.question is not None:
                question_id = self.posts[post.question]
                new = posts.answer_question(
                    session, actor=actor, question_id=question_id, text=text
                )
                return new, False
            new = posts.ask_question(
                session,
                actor=actor,
                title=post.title,
                text=text,
                keywords=post.skills,
                audience="members",
            )
            return new, False

        self.posts[post.id], was_there = self._alone("discussion", publish)
        self.posts_found += was_there

    def _like(self, like: Like) -> None:
        if like.post not in self.posts:
            self.left_out["likes of posts that were refused"] += 1
            return
        actor, post_id = self._claims(like.liker), self.posts[like.post]
        self.machine.do(
            "discussion", lambda session: likes.like_post(session, actor=actor, post_id=post_id)
        )
        self.likes += 1

    def _accept(self, accept: Accept) -> None:
        if accept.post not in self.posts:
            self.left_out["accepts of answers that were refused"] += 1
            return
        actor, answer_id = self._claims(accept.asker), self.posts[accept.post]
        self.machine.do(
            "discussion",
            lambda session: accepts.accept_answer(session, actor=actor, answer_id=answer_id),
        )
        self.accepts += 1


def describe_span(community: Source) -> str:
    """From when to when the community's data reach."""
    first = datetime.fromtimestamp(community.begins_at, UTC)
    span = timedelta(seconds=community.ends_at - community.begins_at)
    return f"{first:%Y-%m-%d} and the {span.days} days after"


def _within(act: Act) -> timedelta:
    """Where in its second an act is: posts by their id, so that they are found again."""
    if not isinstance(act, Post):
        return timedelta(microseconds=999_999)
    return timedelta(microseconds=int(digest(act.id)[:8], 16) % 999_999)


def _label(text: str) -> str:
    """A part of an address: the text itself where it is plain."""
    return text if _PLAIN.fullmatch(text) else f"x{digest(text)[:24]}"
