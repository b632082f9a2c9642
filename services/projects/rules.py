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

# How long a project may be silent until its owner is asked, and until it sleeps after that.
SILENT, SILENT_LAUNCHED, SLEEPS_AFTER = timedelta(days=90), timedelta(days=180), timedelta(days=30)


def sleeps_at(active_at: datetime, stage: str) -> datetime:
    """Until when a project counts as awake, by the last act of its people; lists sort by it."""
    silent = SILENT_LAUNCHED if stage == "launched" else SILENT
    return active_at + silent + SLEEPS_AFTER
