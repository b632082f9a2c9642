"""Pure decisions of discussion."""

from datetime import timedelta

# Six characters for each of fifty letters that have no ASCII form.
LONGEST_SLUG = 300
# The version of how a post is rendered: with a higher one, the worker renders all posts anew.
RENDERING = 2
# By language: how the server reduces words to what searches compare.
CONFIGURATIONS = {"fr": "french", "en": "english", "other": "simple"}


def tidy_label(label: str) -> str:
    """A keyword's label without surrounding or repeated white space."""
    return " ".join(label.split())


# What one member may publish and like: enough for an afternoon's workshop.
POSTS = {timedelta(hours=1): 60, timedelta(days=1): 200}
LIKES_A_DAY, LIKES_FOR_ONE_AUTHOR = 150, 30
MOST_KEYWORDS = 5
PRIVATE = "followers-only"  # the audience that is in no count
MODERATORS = ("moderator", "administrator")
REPORTS_A_DAY = 20
TWIN_WITHIN = timedelta(minutes=1)
# How many a question may ask to answer it; each is asked as often a week as they chose.
ASKS_OF_A_QUESTION = 5
# An edit within this time leaves a mark, a later one what the post said before.
SILENT_EDITS = timedelta(hours=24)
