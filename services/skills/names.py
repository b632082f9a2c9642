"""What levels, voices and ages are called: codes that stay, which clients translate."""

from datetime import datetime, timedelta

from services.skills import rules

LEVELS = ("emerging", "recognised", "established", "strong", "reference")
FEW, SEVERAL = 3, 5  # voices below which they are few, and several
# Since the last like: a half-life of the order, and three of them.
FADING_AFTER, PAST_AFTER = timedelta(days=180), timedelta(days=540)
# A trend is what somebody wrote in these fortnights beside as many before.
TREND_FORTNIGHTS = 6


def level_name(level: int) -> str | None:
    """None where there is no level."""
    return LEVELS[level - 1] if level else None


def confidence_name(voices: int) -> str:
    """`few`, `several` or `many` voices."""
    return "few" if voices < FEW else "several" if voices < SEVERAL else "many"


def freshness_name(level: int, last_evidence_at: datetime | None, now: datetime) -> str:
    """`fresh`, `fading` or `past`, by the last like; without a level it is past."""
    if not level or last_evidence_at is None or now - last_evidence_at > PAST_AFTER:
        return "past"
    return "fading" if now - last_evidence_at > FADING_AFTER else "fresh"


def trend_bounds(now: datetime) -> dict[str, int]:
    """After which fortnight the earlier ones begin, and until which they last."""
    until = rules.fortnight_of(now, now) - TREND_FORTNIGHTS
    return {"earlier_after": until - TREND_FORTNIGHTS, "earlier_until": until}


def trend_name(recent: int, earlier: int) -> str:
    """`up`, `steady` or `down`, from two worths.

    A third more or a quarter less is steady: the latest fortnight has only begun.
    """
    if 3 * recent > 4 * earlier:
        return "up"
    return "down" if 4 * recent < 3 * earlier else "steady"
