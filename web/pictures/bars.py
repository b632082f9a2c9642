"""Shares of a whole."""

from markupsafe import Markup


def bar(share: float) -> Markup:
    """A share, from 0 to 1."""
    return Markup(
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bg" width="100" height="8"/>'
        f'<rect width="{100 * min(1.0, max(0.0, share)):.1f}" height="8"/></svg>'
    )
