"""Imports a community through the services' actions; the workers deliver its events.

Each act is one transaction of the service that owns it, at its own time by the chassis
clock. All times are moved so that the community's last moment is now: skills fade, and
what ended years ago would prove little today.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from chassis import clock
from chassis.claims import Claims
from chassis.database import Database
from demo.communities import Community, Like, Post
from services.discussion.actions import likes, posts
from services.discussion.rendering import Text
from services.identity import passwords
from services.identity.actions import invitations, members
from services.skills.actions import catalogue
from services.skills.queries.catalogue import list_known_terms

ANSWER = "…"  # the data hold no texts, only who answered and when
Say = Callable[[str], None]


@dataclass
class Import:
    """One run; `people` and `posts` map the data's names to Skiller's ids."""

    community: Community
    databases: Mapping[str, Database]
    say: Say
    people: dict[str, Claims] = field(default_factory=dict)
    posts: dict[str, UUID] = field(default_factory=dict)

    def run(self) -> None:
        """Add the skills, let everybody join, then ask, answer and like in order of time."""
        ended = datetime.fromtimestamp(self.community.ends_at, UTC)
        self._shift = clock.now() - ended
        self.say(f"All times are moved by {self._shift.days} days, so that it ends now.")
        added = self._add_skills()
        self.say(f"{added} terms added to the catalogue.")
        self._host()
        for number, (seconds, act) in enumerate(self.community.in_order(), start=1):
            with clock.at(self._moment(seconds)):
                if isinstance(act, Like):
                    self._like(act)
                else:
                    self._publish(act)
            if number % 1000 == 0:
                self.say(f"{number} acts imported.")
        self.say(
            f"{len(self.people) - 1} members, {len(self.posts)} posts and "
            f"{len(self.community.likes)} likes imported."
        )

    def _moment(self, seconds: int) -> datetime:
        return datetime.fromtimestamp(seconds, UTC) + self._shift

    def _add_skills(self) -> int:
        """The community's own terms, but those that the catalogue knows already."""
        entries = [
            catalogue.Entry(term, term, term, self.community.name) for term in self.community.skills
        ]
        with self.databases["skills"].transaction() as session:
            terms = {term for entry in entries for term in entry.terms}
            known = set(list_known_terms(session, terms))
            new = [entry for entry in entries if not entry.terms & known]
            return catalogue.add_skills(session, new)

    def _host(self) -> None:
        """An administrator who invites everybody: the data do not say who invited whom."""
        self._password = passwords.hash_password(uuid4().hex)  # nobody signs in as these
        with self.databases["identity"].transaction() as session:
            token = invitations.invite_administrator(session)
        self._host_claims = self._join("host", token)

    def _join(self, person: str, token: str) -> Claims:
        name = f"{self.community.name.capitalize()} {person}"
        with self.databases["identity"].transaction() as session:
            member_id = members.join(
                session,
                token=token,
                name=name,
                email=f"{person}.{uuid4().hex[:12]}@{self.community.name}.invalid",
                password_hash=self._password,
                locale="en",
                is_sharing_first_steps=False,
                client="127.0.0.1",
            )
        claims = Claims(member_id, uuid4(), "member", name, "", 0.0)
        self.people[person] = claims
        return claims

    def _claims(self, person: str) -> Claims:
        """Who acts; somebody who acts for the first time is invited and joins first."""
        if person in self.people:
            return self.people[person]
        with self.databases["identity"].transaction() as session:
            _, token = invitations.invite(
                session, actor=self._host_claims, email=None, note="Welcome"
            )
        return self._join(person, token)

    def _publish(self, post: Post) -> None:
        actor = self._claims(post.author)
        with self.databases["discussion"].transaction() as session:
            if post.question is None:
                self.posts[post.id] = posts.ask_question(
                    session,
                    actor=actor,
                    title=post.title,
                    text=Text.of(post.title),
                    keywords=post.skills,
                    audience="members",
                )
            else:
                self.posts[post.id] = posts.answer_question(
                    session,
                    actor=actor,
                    question_id=self.posts[post.question],
                    text=Text.of(ANSWER),
                )

    def _like(self, like: Like) -> None:
        actor = self._claims(like.liker)
        with self.databases["discussion"].transaction() as session:
            likes.like_post(session, actor=actor, post_id=self.posts[like.post])


def describe_span(community: Community) -> str:
    """From when to when the community's data reach."""
    first = min(act.at for act in (*community.posts, *community.likes))
    span = timedelta(seconds=community.ends_at - first)
    return f"{datetime.fromtimestamp(first, UTC):%Y-%m-%d} and the {span.days} days after"
