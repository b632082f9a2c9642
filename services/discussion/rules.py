"""Pure decisions of discussion."""

# Six characters for each of fifty letters that have no ASCII form.
LONGEST_SLUG = 300
# The version of how a post is rendered: with a higher one, the worker renders all posts anew.
RENDERING = 1


def tidy_label(label: str) -> str:
    """A keyword's label without surrounding or repeated white space."""
    return " ".join(label.split())
