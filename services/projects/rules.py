"""Pure decisions of projects."""

from datetime import datetime, timedelta

STAGES = ("idea", "concept", "test", "launched", "closed")
CLOSED = "closed"
OWNER, CONTRIBUTOR = "owner", "contributor"
MEMBERS, INVITED = "members", "invited"

MOST_CONTRIBUTORS = 200
MOST_OPEN_CALLS = 10
MOST_KEYWORDS = 5
# Six characters for each of fifty letters that have no ASCII form.
LONGEST_SLUG = 300
# A project may be opened again for so long.
REOPENED_WITHIN = timedelta(days=30)

# An invitation waits for so long; unanswered it is asked again after so long, declined later.
WAITS = timedelta(days=14)
AGAIN_UNANSWERED, AGAIN_DECLINED = timedelta(days=30), timedelta(days=90)
INVITATIONS_A_DAY = 10  # of a project
# What one member may do in a day: more than anybody does by hand.
PROJECTS_A_DAY, OFFERS_A_DAY, UPDATES_A_DAY = 10, 20, 30
WEEK, DAY = timedelta(days=7), timedelta(days=1)

MODERATORS = ("moderator", "administrator")
# What in a project can be reported; all but itself can be hidden.
PROJECT, UPDATE, CALL, ROUND, BENCHMARK, TEXT = OBJECTS = (
    *("project", "update", "call", "round", "benchmark", "text"),
)
HIDE, CLOSE, REPLACE_OWNER = ACTS = ("hide", "close", "replace_owner")
REPORTS_A_DAY = 20  # of a member
# Moderators may give a project another owner whose own did nothing in it for so long.
OWNER_SILENT = timedelta(days=90)

AWAKE, IDLE, ASLEEP = "awake", "idle", "asleep"
# How long a project may be silent until its owner is asked, and until it sleeps after that.
SILENT, SILENT_LAUNCHED, SLEEPS_AFTER = timedelta(days=90), timedelta(days=180), timedelta(days=30)


def sleeps_at(active_at: datetime, stage: str) -> datetime:
    """Until when a project counts as awake, by the last act of its people; lists sort by it."""
    silent = SILENT_LAUNCHED if stage == "launched" else SILENT
    return active_at + silent + SLEEPS_AFTER


# Whom a round asks; each of them is part of the next.
CONTRIBUTORS, FOLLOWERS = "contributors", "followers"
AUDIENCES = (CONTRIBUTORS, FOLLOWERS, MEMBERS)
AFTER_ANSWER, AFTER_CLOSING = "after_answer", "after_closing"
PLANNED, OPEN, WITHDRAWN = "planned", "open", "withdrawn"
SHORTEST_ROUND, LONGEST_ROUND = timedelta(days=1), timedelta(days=90)
LATEST_OPENING = timedelta(days=90)  # from now
# A round that is open may end earlier, but never sooner than this.
LEAST_NOTICE = timedelta(days=1)
# Of a round for all members those are asked who had been there for so long when it opened.
SETTLED = timedelta(days=7)
# So many are asked where nobody is named, and so many answered a question whose results are shown.
LEAST_ANONYMOUS = 5
MOST_ROUNDS, ROUNDS_A_DAY = 10, 5  # of a project: planned or open at once; in a day
# Between the same question to the same people no difference may tell who changed it.
REPEATED_WITHIN = timedelta(days=30)
MOST_BENCHMARKS, VERSIONS_A_DAY = 50, 30  # of a project
OUTCOME_DUE, OUTCOME_MISSED = timedelta(days=3), timedelta(days=14)


def state_of_round(
    *,
    opens_at: datetime,
    closes_at: datetime,
    withdrawn_at: datetime | None,
    sealed_at: datetime | None,
    now: datetime,
) -> str:
    """`planned`, `open`, `closed` or `withdrawn`, by the clock.

    What was carried out is over, whatever another machine's clock says.
    """
    if withdrawn_at is not None:
        return WITHDRAWN
    if sealed_at is not None:
        return CLOSED
    if now < opens_at:
        return PLANNED
    return OPEN if now < closes_at else CLOSED
