"""Brings the community into a running Skiller, each act at its time, by the services' actions.

What an interrupted run has done is found again by its moment, counted from when the first
founder joined: the same command goes on from there, and doubles nothing.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.markdown.text import Text
from chassis.members import LEFT
from chassis.slugs import slug_of
from demo.arrival import wait_for_events, wait_for_members
from demo.founding import building
from demo.founding.story import KEYWORD, Follow, Person, Post, Story
from demo.joining import claims_of, do_alone, join
from demo.machine import Machine
from services.discussion import models as discussion
from services.discussion.actions import accepts, likes, posts
from services.identity import passwords
from services.identity.actions import invitations, leaving, members
from services.identity.models import Credentials, Member
from services.social.actions import follows, keywords

NAME = "founding"
DOMAIN = "founding.example"
INVITED_BEFORE = timedelta(days=2)  # of joining
WELCOME = {"fr": "Bienvenue parmi nous !", "en": "Welcome among us!"}


@dataclass
class Arrival:
    """One run; `people` and `posts` map what the story has to Skiller's ids.

    `password` is that of all members, or None once an earlier run is found to have given them one.
    """

    story: Story
    machine: Machine
    password: str | None
    people: dict[str, Claims] = field(default_factory=dict)
    posts: dict[tuple[str, float], UUID] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    _now: datetime = field(default_factory=clock.now)
    _password_hash: str = ""
    _liked: int = 0
    _followed: int = 0

    def run(self) -> None:
        """Let all join, then all else happen in order of time, and wait for the events.

        Raises NotArrived or WentAway.
        """
        self._find_beginning()
        for person in self.story.people.values():
            self._join(person)
        self.machine.say(f"{len(self.people)} members.")
        # Who follows, and who is followed, has to be known in social.
        wait_for_members(self.machine, [claims.id for claims in self.people.values()])
        for days, act in sorted(self._acts(), key=lambda each: -each[0]):
            with clock.at(self._moment(days)):
                act()
        told = [f"{len(self.posts)} posts", f"{self._liked} likes", f"{self._followed} follows"]
        self.machine.say(f"{', '.join(told)}.")
        self._build()
        wait_for_events(self.machine)

    def _build(self) -> None:
        """The project of those who build one, where all of them are here."""
        if not self.people.keys() >= building.BUILDERS:
            return
        ids = [claims.id for key, claims in self.people.items() if key not in self.gone]
        wait_for_members(self.machine, ids, service="projects")
        self.machine.do(
            "projects",
            lambda session: building.build_once(session, people=self.people, moment=self._moment),
        )
        self.machine.say("A project, with its calls, opinions and benchmark.")

    def _acts(self) -> Iterator[tuple[float, Callable[[], None]]]:
        """All but joining, with how many days ago; what refers to another comes after it."""
        for post in self.story.posts:
            yield post.days, partial(self._publish, post)
            if post.accepted is not None:
                yield post.accepted, partial(self._accept, post)
            for liker, days in post.likes.items():
                yield days, partial(self._like, post, liker)
        for follow in self.story.follows:
            yield follow.days, partial(self._follow, follow)
        for person in self.story.people.values():
            if person.left is not None:
                yield person.left, partial(self._leave, person)

    def _moment(self, days: float) -> datetime:
        return self._now - timedelta(days=days)

    def _find_beginning(self) -> None:
        """When now is for the story, and the password of whoever joins now."""
        founder = self.story.founders[0]
        theirs = select(Member.joined_at, Credentials.password_hash).join(Credentials)
        named = theirs.where(Credentials.is_at(address_of(founder)))
        found = self.machine.do("identity", lambda session: session.execute(named).first())
        if found is not None:
            self._now = found.joined_at + timedelta(days=founder.joined)
            self._password_hash, self.password = found.password_hash, None
            began = f"{self._now:%Y-%m-%d %H:%M} UTC"
            self.machine.say(f"The community of {began} is there; what it lacks is added.")
        else:
            self.password = self.password or secrets.token_hex(8)
            self._password_hash = passwords.hash_password(self.password)
            # Now: a run that is interrupted has no end to print it at.
            self.machine.say(f"The password of all its members: {self.password}")

    def _join(self, person: Person) -> None:
        joined = self._moment(person.joined)

        def join_once(session: Session) -> Member:
            known = session.scalar(select(Member).where(Member.joined_at == joined))
            return known or self._let_join(session, person, joined)

        member = do_alone(self.machine, NAME, "identity", join_once)
        self.people[person.key] = claims_of(member)
        if member.state == LEFT:
            self.gone.add(person.key)

    def _let_join(self, session: Session, person: Person, joined: datetime) -> Member:
        with clock.at(joined - INVITED_BEFORE):
            token = self._invite(session, person)
        with clock.at(joined):
            member = join(
                session,
                token=token,
                name=person.name,
                email=address_of(person),
                password_hash=self._password_hash,
                locale=person.language,
            )
            profile = {
                "headline": person.headline,
                "company": person.company,
                "location": person.place,
                "bio": person.bio,
            }
            members.update_profile(session, actor=claims_of(member), changes=profile)
        return member

    def _invite(self, session: Session, person: Person) -> str:
        if not person.invited_by:
            return invitations.invite_administrator(session)
        sponsor = self.people[person.invited_by]
        note = WELCOME[person.language]
        return invitations.invite(session, actor=sponsor, email=None, note=note)[1]

    def _publish(self, post: Post) -> None:
        actor = self.people[post.by]
        theirs = select(discussion.Post.id).where(
            discussion.Post.author_id == actor.id, discussion.Post.published_at == clock.now()
        )

        def publish_once(session: Session) -> UUID:
            return session.scalar(theirs) or self._write(session, post, actor)

        self.posts[post.key] = do_alone(self.machine, NAME, "discussion", publish_once)

    def _write(self, session: Session, post: Post, actor: Claims) -> UUID:
        text = Text.of(post.body)
        if post.question is not None:
            asked = self.posts[post.question.key]
            return posts.answer_question(session, actor=actor, question_id=asked, text=text)
        if not post.form:
            return posts.ask_question(
                session,
                actor=actor,
                title=post.title,
                text=text,
                keywords=post.keywords,
                audience="members",
            )
        return posts.share_post(
            session,
            actor=actor,
            title=post.title,
            text=text,
            keywords=post.keywords,
            audience="members",
            form=post.form,
            link=post.link,
        )

    def _accept(self, post: Post) -> None:
        if post.question is not None:
            asker, answer_id = post.question.by, self.posts[post.key]
            self._do("discussion", asker, accepts.accept_answer, answer_id=answer_id)

    def _like(self, post: Post, liker: str) -> None:
        self._do("discussion", liker, likes.like_post, post_id=self.posts[post.key])
        self._liked += 1

    def _follow(self, follow: Follow) -> None:
        if follow.follows.startswith(KEYWORD):
            slug = slug_of(follow.follows.removeprefix(KEYWORD))
            self._do("social", follow.member, keywords.follow_keyword, slug=slug)
        elif follow.follows not in self.gone:
            followed = self.people[follow.follows].id
            self._do("social", follow.member, follows.follow_member, member_id=followed)
        self._followed += 1

    def _leave(self, person: Person) -> None:
        if person.key in self.gone:
            return
        member_id = self.people[person.key].id

        def leave_once(session: Session) -> None:
            if session.get_one(Member, member_id).state != LEFT:
                leaving.leave(session, member_id=member_id, removes_posts=False, proven_hash=None)

        self.machine.do("identity", leave_once)

    def _do(self, service: str, key: str, act: Callable[..., object], **what: UUID | str) -> None:
        """An act that changes nothing the second time, but of who has left: it is done."""
        if key not in self.gone:
            actor = self.people[key]
            self.machine.do(service, lambda session: act(session, actor=actor, **what))


def address_of(person: Person) -> str:
    """Where they sign in; no mail can arrive there."""
    return f"{person.key}@{DOMAIN}"
