"""Pure decisions of notifications: what members are told of, and how much it is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TO_ME, MY_CIRCLE, MY_KEYWORDS = CLASSES = ("to_me", "my_circle", "my_keywords")
QUESTION, REQUEST, ANSWER, ACCEPTED, LIKE, NAMED = (
    *("question", "request", "answer", "accepted", "like", "named"),
)
FOLLOWER, INVITEE_JOINED, INVITEE_POSTED = "follower", "invitee_joined", "invitee_posted"
SKILL, THANKS, MODERATED = "skill", "thanks", "moderated"
HELP_ASKED, OWNERSHIP_OFFERED, HELP_OFFERED, HELP_ANSWERED = (
    *("help_asked", "ownership_offered", "help_offered", "help_answered"),
)
UPDATE, CALL, ROUND, OUTCOME, BENCHMARK = "update", "call", "round", "outcome", "benchmark"
ROUND_ENDS, REMOVED = "round_ends", "removed"

CONTEST_ANSWERED, REPORT_ANSWERED, POST_MODERATED = (
    *("contest_answered", "report_answered", "post_moderated"),
)
INVITATION_REQUEST, IDLE, OUTCOME_DUE = "invitation_request", "idle", "outcome_due"
# Of a question that waits: who knows its skill is asked, its keywords' followers are told, and
# whoever asked it gets advice.
ASK, UNANSWERED, ADVICE = OF_LADDERS = "ask", "unanswered", "advice"

CLASS_OF: Mapping[str, str] = {
    **dict.fromkeys((QUESTION, REQUEST, ANSWER, ACCEPTED, NAMED, SKILL, THANKS), TO_ME),
    **dict.fromkeys((HELP_ASKED, OWNERSHIP_OFFERED, HELP_OFFERED, HELP_ANSWERED), TO_ME),
    **dict.fromkeys((MODERATED, REMOVED, IDLE, OUTCOME_DUE), TO_ME),
    **dict.fromkeys((CONTEST_ANSWERED, REPORT_ANSWERED, POST_MODERATED), TO_ME),
    **dict.fromkeys((INVITATION_REQUEST, ASK, UNANSWERED), MY_KEYWORDS),
    ADVICE: TO_ME,
    **dict.fromkeys((LIKE, FOLLOWER, INVITEE_JOINED, INVITEE_POSTED), MY_CIRCLE),
    **dict.fromkeys((UPDATE, CALL, ROUND, ROUND_ENDS, OUTCOME, BENCHMARK), MY_CIRCLE),
}
GROUPED = (LIKE, ANSWER)  # of one object and one UTC day: rows of who did it
OF_PEOPLE = (FOLLOWER, INVITEE_JOINED, INVITEE_POSTED)  # the object is a member
OF_FOLLOWED_PROJECTS = (UPDATE, CALL, ROUND, ROUND_ENDS, OUTCOME, BENCHMARK)
WAITING = (HELP_ASKED, OWNERSHIP_OFFERED)  # shown until it is answered
# Of a project of the invited told to who does not build it.
TO_WHOM_IT_CONCERNS = (HELP_ASKED, OWNERSHIP_OFFERED, HELP_ANSWERED, MODERATED, REMOVED)
POSTS = ("question", "answer", "share")
# Of several reasons to be told of one post the first of these is shown.
STRONGER_THAN_ASKS = (REQUEST, NAMED, QUESTION)
STRONGEST = (*STRONGER_THAN_ASKS, ASK, UNANSWERED)

ASKED_BY_PEOPLE = (REQUEST, HELP_ASKED, OWNERSHIP_OFFERED)  # what a member's load is, beside asks

RUNNING, ANSWERED, STOPPED, DONE, GONE = LADDER_STATES = (
    *("running", "answered", "stopped", "done", "gone"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done for a question that waited so many running hours since the step before."""

    hours: int
    most: int  # members who are asked; 0: the followers of its keywords are told, all of them


STEPS = (Step(24, 5), Step(48, 10), Step(24, 0))
LEAST_LEVEL = 2  # of the skill for which somebody is asked
LOAD_OF = timedelta(days=7)  # a week, of which members say how often they are asked
LOOKED_AGAIN_FOR = timedelta(days=7)  # since a step was due, at what has an answer
SPARED_FOR = timedelta(days=30)
ADVISED_AFTER = timedelta(days=7)

REQUEST_SHOWN = timedelta(days=30)  # that they got one is not told
ENDS_SOON = timedelta(days=1)  # so long before its end a round with names is told of again
BORN_READ = timedelta(days=7)  # what is told so late is no news
MOST_COUNTED = 100
PIECE = 1_000  # members told at once, between other events
MAILS_KEPT = timedelta(days=30)  # then what became of them, of nobody
KEPT_READ, KEPT_UNREAD, MOST_KEPT = timedelta(days=90), timedelta(days=400), 2_000


def day_of(at: datetime) -> str:
    """The UTC day by which a group is told apart."""
    return at.astimezone(UTC).date().isoformat()


def is_news(happened_at: datetime, now: datetime, *, is_past: bool) -> bool:
    """Whether what is heard now is told as unread."""
    return not is_past and happened_at > now - BORN_READ
