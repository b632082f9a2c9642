"""Pure decisions of discussion."""

# Six characters for each of fifty letters that have no ASCII form.
LONGEST_SLUG = 300


def tidy_label(label: str) -> str:
    """A keyword's label without surrounding or repeated white space."""
    return " ".join(label.split())
