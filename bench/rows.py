"""The community as rows: what each service's tables would hold, had it all been done there.

A release may not have every column: those that a database lacks are left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from bench.community import Community, Post
from chassis.database import Database
from services.discussion.rules import RENDERING
from services.identity import names
from services.skills.actions.recounts import reweigh_posts

Rows = Sequence[Mapping[str, Any]]
Tables = Mapping[str, Rows]


def fill(connection: psycopg.Connection[Any], tables: Tables) -> None:
    """Write them, in the order of the tables, and let the planner know."""
    for table, rows in tables.items():
        known = connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public'",
            [table],
        )
        columns = [name for (name,) in known if rows and name in rows[0]]
        if not columns:
            continue  # an earlier release has no such table
        copy = SQL("COPY {} ({}) FROM STDIN").format(
            Identifier(table), SQL(", ").join(map(Identifier, columns))
        )
        with connection.cursor() as cursor, cursor.copy(copy) as target:
            for row in rows:
                target.write_row([row[column] for column in columns])
    connection.execute("VACUUM ANALYZE")


def of_identity(of: Community) -> Tables:
    """Members, all invited by the first one, and the skills that requests may name."""
    founder = of.members[0]
    return {
        "members": [
            {
                "id": member.id,
                "name": member.name,
                "name_words": names.name_words(member.name),
                "name_key": names.name_key(member.name),
                "keyed_name": member.name,
                "headline": HEADLINE,
                "company": "Northern Works",
                "location": "Lille",
                "bio": "Likes to be asked.",
                "portrait_url": None,
                "locale": "en",
                "role": "member",
                "state": "active",
                "sponsor_id": None if member is founder else founder.id,
                "joined_at": member.joined_at,
                "revision": 1,
            }
            for member in of.members
        ]
    }


def of_social(of: Community) -> Tables:
    """Members, and whom they follow."""
    return {
        "member_refs": _member_refs(of),
        "follows": [
            {
                "follower_id": follower.id,
                "followed_id": followed.id,
                "is_following": True,
                "revision": 1,
                "changed_at": max(follower.joined_at, followed.joined_at),
            }
            for follower, followed in of.follows
        ],
    }


def of_discussion(of: Community) -> Tables:
    """Members, whom they follow, posts with their counts, keywords and likes."""
    return {
        "member_refs": _member_refs(of),
        "follow_refs": [
            {
                "follower_id": follower.id,
                "followed_id": followed.id,
                "is_following": True,
                "revision": 1,
            }
            for follower, followed in of.follows
        ],
        **_relations(of),
        "keywords": [
            {
                "id": word.id,
                "slug": word.slug,
                "label": word.label,
                "created_at": of.questions[0].at,
            }
            for word in of.keywords
        ],
        "posts": [_post(of, post) for post in of.posts],
        "post_keywords": [
            {"post_id": post.id, "keyword_id": word.id, "position": position}
            for post in of.questions
            for position, word in enumerate(post.keywords)
        ],
        "likes": [
            {
                "post_id": like.post.id,
                "member_id": like.liker.id,
                "is_liked": True,
                "revision": 1,
                "liked_at": like.at,
            }
            for like in of.likes
        ],
    }


def _relations(of: Community) -> Tables:
    """Blocks and followed keywords, which an earlier release does not keep."""
    return {
        "block_refs": [
            # Somebody who wrote nothing, so that every request is answered.
            {
                "blocker_id": member.id,
                "blocked_id": UUID(int=member.id.int ^ 1),
                "is_blocking": True,
                "revision": 1,
            }
            for member in of.members
        ],
        "keyword_follow_refs": [
            {"member_id": one.id, "slug": word.slug, "is_following": True, "revision": 1}
            for one, word in of.interests
        ],
    }


def of_skills(of: Community) -> Tables:
    """Members, posts, what they are about, and likes; what these prove, `weigh` says."""
    questions = [post for post in of.posts if post.question is None]
    pairs = Counter(pair for post in questions for pair in combinations(post.skills, 2))
    return {
        "member_refs": _member_refs(of),
        "post_refs": [_post_ref(post) for post in of.posts],
        "mentions": [_mention(post, skill) for post in of.posts for skill in post.skills],
        "skill_pairs": [
            {"skill_id": one, "other_id": other, "post_count": count}
            for (one, other), count in pairs.items()
        ],
        "like_refs": [
            {
                "post_id": like.post.id,
                "liker_id": like.liker.id,
                "is_liked": True,
                "liked_at": like.at,
                "revision": 1,
            }
            for like in of.likes
        ],
    }


HEADLINE = "Mends what is broken"


def _member_refs(of: Community) -> Rows:
    return [
        {
            "id": member.id,
            "name": member.name,
            "headline": HEADLINE,
            "portrait_url": None,
            "state": "active",
            "revision": 1,
        }
        for member in of.members
    ]


def _post(of: Community, post: Post) -> Mapping[str, Any]:
    return {
        "id": post.id,
        "kind": post.kind,
        "author_id": post.author.id,
        "question_id": post.question.id if post.question else None,
        "title": post.title,
        "body": post.body,
        "body_html": f"<p>{post.body}</p>\n",
        "excerpt": post.body[:280],
        "prose": post.body,
        "lang": "en",
        "rendering": RENDERING,
        "audience": "members",
        "like_count": of.like_count[post.id],
        "answer_count": of.answer_count[post.id],
        "revision": 1,
        "published_at": post.at,
    }


def _mention(post: Post, skill: int) -> Mapping[str, Any]:
    relevance, reason = (50, "question") if post.question else (100, "keyword")
    return {"post_id": post.id, "skill_id": skill, "relevance": relevance, "reason": reason}


def _post_ref(post: Post) -> Mapping[str, Any]:
    labels = [] if post.question else [word.label for word in post.keywords]
    return {
        "id": post.id,
        "kind": post.kind,
        "author_id": post.author.id,
        "question_id": post.question.id if post.question else None,
        "title": post.title,
        "text": "\n".join([post.title, post.body, *labels]),
        "prose": post.body,
        "keywords": "\n".join(labels),
        "catalogue": 1_000_000,  # never to be read again
        "published_at": post.at,
        "revision": 1,
    }


def weigh(database: Database) -> None:
    """Let the service itself say what the likes in its tables are worth."""
    more_waits = True
    while more_waits:
        with database.transaction() as session:
            more_waits = reweigh_posts(session)
