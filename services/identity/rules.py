"""What identity decides from what it is told, without looking anything up."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

InvitationState = Literal["open", "used", "revoked", "expired"]
RefreshMeaning = Literal["rotate", "sibling", "reuse"]

INVITATION_LIFE = timedelta(days=14)
ACCESS_SECONDS = 600
SESSION_LIFE = timedelta(days=30)
# A client whose answer was lost, or whose twin was faster, asks again within this time.
GRACE = timedelta(seconds=30)
MOST_SIBLINGS = 3


def invitation_state(
    *,
    used_at: datetime | None,
    revoked_at: datetime | None,
    expires_at: datetime,
    now: datetime,
    sponsor_state: str | None = None,
) -> InvitationState:
    """Where an invitation stands; one of a suspended or former member counts as revoked.

    `sponsor_state` is None for an invitation without sponsor, or where it does not matter.
    """
    if used_at is not None:
        return "used"
    if revoked_at is not None or sponsor_state not in (None, "active"):
        return "revoked"
    return "expired" if expires_at <= now else "open"


def is_session_open(*, closed_at: datetime | None, expires_at: datetime, now: datetime) -> bool:
    """Whether a session may still be refreshed."""
    return closed_at is None and now < expires_at


def refresh_meaning(
    *,
    rotated_at: datetime | None,
    successors_rotated_at: Sequence[datetime | None],
    now: datetime,
) -> RefreshMeaning:
    """What presenting a refresh token means: its turn, a lost answer, or a theft.

    `successors_rotated_at` has an entry for each token it was rotated into: when that
    one was rotated in turn. Once one was, the token is no longer the one just rotated.
    """
    if rotated_at is None:
        return "rotate"
    is_just_rotated = now - rotated_at <= GRACE and not any(successors_rotated_at)
    has_room = len(successors_rotated_at) <= MOST_SIBLINGS
    return "sibling" if is_just_rotated and has_room else "reuse"


def email_key(email: str) -> str:
    """What two spellings of one address have in common; the database keeps it unique."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def is_name(text: str) -> bool:
    """Whether a person may be called so: something readable, nothing that hides or reorders."""
    return any(letter.isalnum() for letter in text) and not any(
        unicodedata.category(letter) == "Cc" or unicodedata.bidirectional(letter) in _REORDERING
        for letter in text
    )


def name_words(name: str) -> list[str]:
    """The words of a name as searches compare them: no accents, no case, each once."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    apart = "".join(letter if letter.isalnum() else " " for letter in plain)
    return sorted(set(apart.split()))


def join_url(public_url: str, token: str) -> str:
    """The link of an invitation."""
    return f"{public_url.rstrip('/')}/join/{token}"


def portrait_url(key: str) -> str:
    """Where a portrait is shown, on whatever host people reach Skiller."""
    return f"/api/v1/portraits/{key}"


_REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
