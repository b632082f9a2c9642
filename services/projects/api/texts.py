"""What people write, rendered before a transaction begins: it may take a while."""

from chassis.markdown.text import Text


def rendered(words: str) -> Text | None:
    """None where nothing was written; raises what `Text.of` raises."""
    return Text.of(words) if words else None
