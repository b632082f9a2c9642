"""What an audit compares: by kind, who owns it, and the statements that read it.

A new table that others keep, or a new count, gets a line here.
"""

from collections.abc import Mapping

# By kind: who owns it, and its rows as id and the text that holds the mark.
MADE = {
    "question": ("discussion", "SELECT id, body FROM posts WHERE kind = 'question'"),
    "answer": ("discussion", "SELECT id, body FROM posts WHERE kind = 'answer'"),
    "share": ("discussion", "SELECT id, body FROM posts WHERE kind = 'share'"),
    "project": ("projects", "SELECT id, pitch FROM projects"),
    "call": ("projects", "SELECT id, details FROM calls"),
    "offer": ("projects", "SELECT id, word FROM offers"),
    "update": ("projects", "SELECT id, body FROM project_updates"),
}
# By kind: who owns it, and its rows as member, what it is about, state.
STATES = {
    "like": ("discussion", "SELECT member_id, post_id, is_liked FROM likes"),
    "removed": ("discussion", "SELECT author_id, id, removed_at IS NOT NULL FROM posts"),
    "follow": ("social", "SELECT follower_id, followed_id, is_following FROM follows"),
    "project follow": (
        "projects",
        "SELECT member_id, project_id, is_following FROM project_follows",
    ),
    "headline": ("identity", "SELECT id, '', headline FROM members"),
    # An answer that was removed, or whose question was, is accepted no more.
    "accept": (
        "discussion",
        """SELECT q.author_id, q.id, CASE WHEN s.is_accepted OR a.removed_at IS NOT NULL
            OR q.removed_at IS NOT NULL THEN a.id::text END
        FROM accepts s JOIN posts q ON q.id = s.question_id JOIN posts a ON a.id = s.answer_id""",
    ),
}
_MEMBER_REFS = "SELECT id, name, headline, state, revision FROM member_refs"
_FOLLOW_REFS = "SELECT follower_id, followed_id, is_following, revision FROM follow_refs"
_ACCEPT_REFS = "SELECT question_id, answer_id, is_accepted, revision FROM accept_refs"
_OBJECTS = "SELECT id, author_id, revision FROM object_refs WHERE type = "
# By kind: whose it is, its rows there, and the same rows as each listener keeps them.
REPLICAS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "members": (
        "identity",
        "SELECT id, name, headline, state, revision FROM members",
        dict.fromkeys(
            ("social", "discussion", "skills", "projects", "notifications"), _MEMBER_REFS
        ),
    ),
    "follows": (
        "social",
        "SELECT follower_id, followed_id, is_following, revision FROM follows",
        dict.fromkeys(("discussion", "skills", "projects", "notifications"), _FOLLOW_REFS),
    ),
    "posts": (
        "discussion",
        "SELECT id, kind, author_id, question_id, removed_at IS NULL, revision FROM posts",
        {
            "skills": "SELECT id, kind, author_id, question_id, removed_at IS NULL, revision"
            " FROM post_refs",
            "notifications": "SELECT id, type, author_id, parent_id, is_there, revision"
            " FROM object_refs WHERE type IN ('question', 'answer', 'share')",
        },
    ),
    "likes": (
        "discussion",
        "SELECT post_id, member_id, is_liked, revision FROM likes",
        {
            "skills": "SELECT post_id, liker_id, is_liked, revision FROM like_refs",
            "notifications": "SELECT object_id, actor_id, is_acting, revision"
            " FROM notice_actors WHERE kind = 'like'",
        },
    ),
    "accepts": (
        "discussion",
        "SELECT question_id, answer_id, is_accepted, revision FROM accepts",
        dict.fromkeys(("skills", "notifications"), _ACCEPT_REFS),
    ),
    "answers to be told": (
        "discussion",
        """SELECT q.author_id, q.id, a.author_id, a.id, a.removed_at IS NULL, a.revision
        FROM posts a JOIN posts q ON q.id = a.question_id""",
        {
            "notifications": "SELECT member_id, object_id, actor_id, source_id, is_acting, revision"
            " FROM notice_actors WHERE kind = 'answer'",
        },
    ),
    "projects": (
        "projects",
        "SELECT id, owner_id, revision FROM projects",
        {"notifications": _OBJECTS + "'project'"},
    ),
    "calls": (
        "projects",
        "SELECT id, author_id, revision FROM calls",
        {"notifications": _OBJECTS + "'call'"},
    ),
    "news": (
        "projects",
        "SELECT id, author_id, revision FROM project_updates",
        {"notifications": _OBJECTS + "'update'"},
    ),
    "offers": (
        "projects",
        "SELECT id, member_id, revision FROM offers",
        {"notifications": _OBJECTS + "'offer'"},
    ),
    "people of projects": (
        "projects",
        """SELECT project_id, member_id, false, is_in, revision FROM belongings UNION ALL
        SELECT project_id, member_id, true, is_following, revision FROM project_follows""",
        {
            "notifications": "SELECT project_id, member_id, is_follow, is_on, revision"
            " FROM project_person_refs",
        },
    ),
}
# What is kept beside the rows that it follows from: who keeps it, and where the two differ.
SUMS = {
    "like and answer counts": (
        "discussion",
        """SELECT id FROM posts p
        WHERE like_count <> (SELECT count(*) FROM likes WHERE post_id = p.id AND is_liked)
        OR answer_count <> (SELECT count(*) FROM posts
            WHERE question_id = p.id AND removed_at IS NULL)""",
    ),
    "keywords' counts": (
        "discussion",
        """SELECT slug FROM keywords k WHERE post_count <> (SELECT count(*) FROM post_keywords
        JOIN posts p ON p.id = post_id AND removed_at IS NULL WHERE keyword_id = k.id)""",
    ),
    "likes of news": (
        "projects",
        """SELECT id FROM project_updates u WHERE like_count <>
        (SELECT count(*) FROM update_likes WHERE update_id = u.id AND is_liked)""",
    ),
    "likes that count": (
        "skills",
        """SELECT post_id, liker_id FROM like_refs l JOIN post_refs p ON p.id = post_id
        LEFT JOIN member_refs m ON m.id = liker_id
        WHERE (voice_id IS NOT NULL) <> (is_liked AND liker_id <> author_id
            AND p.removed_at IS NULL AND coalesce(m.state, 'active') <> 'suspended')""",
    ),
    "voices of posts": (
        "skills",
        """SELECT post_id, voice_id FROM post_voices v FULL JOIN (
            SELECT post_id, voice_id, count(*) AS given FROM (
                SELECT post_id, voice_id FROM like_refs UNION ALL
                SELECT counted_id, voice_id FROM accept_refs WHERE counted_id IS NOT NULL
            ) AS each WHERE voice_id IS NOT NULL GROUP BY 1, 2
        ) AS every USING (post_id, voice_id) WHERE like_count IS DISTINCT FROM given""",
    ),
    "sums of posts": (
        "skills",
        """SELECT id FROM post_refs LEFT JOIN (
            SELECT post_id, sum(weight) AS weights, sum(like_count) AS likes
            FROM post_voices GROUP BY 1
        ) AS every ON post_id = id
        WHERE (support, like_count) <> (coalesce(weights, 0), coalesce(likes, 0))""",
    ),
    "contributions of posts": (
        "skills",
        """SELECT post_id, skill_id FROM contributions c FULL JOIN (
            SELECT post_id, skill_id, p.author_id, p.like_count, m.added_at
            FROM mentions m JOIN post_refs p ON p.id = post_id WHERE p.removed_at IS NULL
        ) AS every USING (post_id, skill_id)
        WHERE (c.member_id, c.added_at) IS DISTINCT FROM (author_id, every.added_at)
        OR (every.added_at IS NULL AND c.like_count <> every.like_count)""",
    ),
    "supporters of attributions": (
        "skills",
        """SELECT member_id, skill_id, voice_id FROM (
            SELECT member_id, skill_id, voice_id, answers + shares + questions + branch AS kept
            FROM supporters WHERE answers + shares + questions + branch <> 0
        ) AS known FULL JOIN (
            SELECT member_id, skill_id, voice_id, count(*) AS heard FROM (
                SELECT member_id, skill_id, voice_id FROM contributions
                JOIN post_voices USING (post_id) WHERE added_at IS NULL UNION ALL
                SELECT member_id, skill_id, voice_id FROM contributions
                JOIN late_voices USING (post_id, skill_id)
            ) AS each GROUP BY 1, 2, 3
        ) AS every USING (member_id, skill_id, voice_id) WHERE kept IS DISTINCT FROM heard""",
    ),
    "voices of attributions": (
        "skills",
        """SELECT member_id, skill_id FROM attributions LEFT JOIN (
            SELECT member_id, skill_id, count(*) FILTER (WHERE answers > 0) AS on_answers,
                count(*) FILTER (WHERE answers + shares + questions + branch > 0) AS on_any
            FROM supporters GROUP BY 1, 2
        ) AS every USING (member_id, skill_id)
        WHERE (voices, liker_count) <> (coalesce(on_answers, 0), coalesce(on_any, 0))""",
    ),
    "fortnights of attributions": (
        "skills",
        """SELECT member_id, skill_id, number FROM fortnights f FULL JOIN (
            SELECT member_id, skill_id, number, sum(backed) AS b, sum(shared) AS s,
                sum(asked) AS a, sum(unbacked) AS u, sum(like_count) AS l
            FROM contributions GROUP BY 1, 2, 3
        ) AS every USING (member_id, skill_id, number)
        WHERE (coalesce(backed, 0), coalesce(shared, 0), coalesce(asked, 0),
            coalesce(unbacked, 0), coalesce(like_count, 0))
        IS DISTINCT FROM (coalesce(b, 0), coalesce(s, 0), coalesce(a, 0),
            coalesce(u, 0), coalesce(l, 0))""",
    ),
    "evidence of attributions": (
        "skills",
        """SELECT member_id, skill_id FROM attributions a WHERE evidence_count <>
        (SELECT coalesce(sum(like_count), 0) FROM fortnights f
            WHERE f.member_id = a.member_id AND f.skill_id = a.skill_id)""",
    ),
    "notices of groups": (
        "notifications",
        """SELECT member_id, object_id, kind, part FROM notice_actors WHERE is_acting
        EXCEPT SELECT member_id, object_id, kind, part FROM notices""",
    ),
}
