"""What readers see of a text, as far as it says something."""

from chassis.markdown.text import NothingToShow, Text, TextHidden


def prose_of(markdown: str) -> str:
    """A line for each paragraph, item and cell, without code and addresses; `> ` before quotes."""
    try:
        return Text.of(markdown).prose
    except (NothingToShow, TextHidden):
        return ""
