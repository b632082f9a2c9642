"""What identity decides from what it is told, without looking anything up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

InvitationState = Literal["open", "used", "revoked", "expired"]
RefreshMeaning = Literal["rotate", "sibling", "again", "refuse", "reuse"]
Hindrance = Literal["too_early", "stopped"]

INVITATION_LIFE = timedelta(days=14)
REQUEST_LIFE = timedelta(days=90)
PLACES = 5
NEWCOMER = timedelta(days=7)
LOCALES = ("fr", "en")
ROLES = ("member", "moderator", "administrator")
ACTS = (
    "suspend",
    "prune",
    "reinstate",
    "reinstate_branch",
    "stop_inviting",
    "allow_inviting",
    "change_role",
)
STAFF = ("moderator", "administrator")
ACCESS_SECONDS = 600
SESSION_LIFE = timedelta(days=30)  # without being used
LONGEST_SESSION = timedelta(days=90)
# A client whose answer was lost, or whose twin was faster, asks again within this time.
GRACE = timedelta(seconds=30)
MOST_SIBLINGS = 3
MOST_ANCESTORS = 30  # that are told at once, the nearest

REMINDER_AFTER = timedelta(days=7)
# How long the link of a mail works that confirms an address, or sets a password.
CONFIRMATION_LIFE = timedelta(hours=48)
ADDRESS_LIFE = timedelta(hours=24)
RESET_LIFE = timedelta(hours=1)


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


@dataclass(frozen=True)
class Allowance:
    """How often something may be tried: `burst` times at once, and anew over `period`."""

    name: str
    burst: int
    period: timedelta

    @property
    def interval(self) -> timedelta:
        """After how long one more try is allowed."""
        return self.period / self.burst


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Wrong passwords. A client is an IP address, or an IPv6 network of 64 bits. An address is
# never closed to everybody: somebody guessing from many clients would lock its member out.
# Instead, once it is tried more than SIGN_IN_ADDRESS, each client has fewer tries.
SIGN_IN_PAIR = Allowance("sign-in of one address by one client", 5, HOUR)
SIGN_IN_CLIENT = Allowance("sign-in by one client", 50, HOUR)
SIGN_IN_ADDRESS = Allowance("sign-in of one address", 100, HOUR)
SIGN_IN_PAIR_ATTACKED = Allowance("sign-in of an attacked address by one client", 2, HOUR)
# The password asked again of a member who is signed in.
PASSWORD_AGAIN = Allowance("password of a member", 5, HOUR)
JOIN_CLIENT = Allowance("joining by one client", 20, HOUR)
# Whoever holds an invitation learns which addresses are taken, so they may not ask for
# many: counted by who invited, for a host can make one invitation after the other.
JOIN_SPONSOR = Allowance("joining by invitations of one member", 20, HOUR)
RESET_ADDRESS = Allowance("reset of one address", 3, HOUR)
RESET_CLIENT = Allowance("reset by one client", 20, HOUR)
# Mails that others may have written to one address.
REQUEST_ADDRESS = Allowance("invitation request of one address", 3, DAY)
INVITATION_ADDRESS = Allowance("invitation mails to one address", 5, timedelta(days=7))
PORTRAITS = Allowance("portraits of one member", 20, HOUR)
REQUEST_CLIENT = Allowance("invitation request by one client", 5, DAY)
# To an address that may be somebody else's.
OWN_ADDRESS_MAILS = Allowance("confirmation mails of one member", 3, DAY)
OWN_ADDRESS = Allowance("confirmation mails to one address", 5, timedelta(days=30))
ADDRESS_CHANGES = Allowance("address change of one member", 5, DAY)
INVITATIONS = Allowance("invitations of one member", 20, DAY)
STAFF_INVITATIONS = Allowance("invitations of one moderator", 500, DAY)
INVITATION_MAILS = Allowance("invitation mails of one member", 10, DAY)
STAFF_INVITATION_MAILS = Allowance("invitation mails of one moderator", 200, DAY)


def inviting_hindrance(
    *, role: str, joined_at: datetime, stopped_reason: str | None, now: datetime
) -> Hindrance | None:
    """Why a member may not invite at present; moderators always may."""
    if role in STAFF:
        return None
    if stopped_reason is not None:
        return "stopped"
    return "too_early" if now < joined_at + NEWCOMER else None


def places_left(*, role: str, taken: int) -> int | None:
    """How many a member may still invite; None without limit."""
    return None if role in STAFF else max(0, PLACES - taken)


def client_of(address: str) -> str:
    """Who counts as one client: an IPv4 address, or the network that a household has in IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ip_network((known, 64), strict=False))
    return str(known)


def is_session_open(*, closed_at: datetime | None, expires_at: datetime, now: datetime) -> bool:
    """Whether a session may still be refreshed."""
    return closed_at is None and now < expires_at


def session_end(*, opened_at: datetime, now: datetime) -> datetime:
    """Until when a session used now may be refreshed, and never longer than its whole life."""
    return min(now + SESSION_LIFE, opened_at + LONGEST_SESSION)


def refresh_meaning(
    *,
    rotated_at: datetime | None,
    ended_at: datetime | None,
    successors_rotated_at: Sequence[datetime | None],
    now: datetime,
) -> RefreshMeaning:
    """What presenting a refresh token means.

    `successors_rotated_at` has an entry for each token it was rotated into: when that one was
    rotated in turn. `rotate`: its turn. `sibling`: its answer was lost, or a twin was faster, just
    now. `again`: its answer was lost, and nobody ever used it. `refuse`: too late by a moment, by
    an honest client too. `reuse`: somebody has it who should not.
    """
    if ended_at is not None:
        return "refuse" if now - ended_at <= GRACE else "reuse"
    if rotated_at is None:
        return "rotate"
    is_just_rotated = now - rotated_at <= GRACE
    if any(successors_rotated_at):
        return "refuse" if is_just_rotated else "reuse"
    if not is_just_rotated:
        return "again"
    return "sibling" if len(successors_rotated_at) <= MOST_SIBLINGS else "refuse"


def join_url(public_url: str, token: str) -> str:
    """The link of an invitation."""
    return f"{public_url.rstrip('/')}/join/{token}"


def confirm_url(public_url: str, token: str) -> str:
    """The link that proves an address, of a request or of a member."""
    return f"{public_url.rstrip('/')}/confirm/{token}"


def reset_url(public_url: str, token: str) -> str:
    """The link to a new password."""
    return f"{public_url.rstrip('/')}/reset/{token}"


def portrait_url(key: str) -> str:
    """Where a portrait is shown, on whatever host people reach Skiller."""
    return f"/api/v1/portraits/{key}"


def program_of(device: str) -> str:
    """What a program calls itself, without its version: updates make no new device of one."""
    return "".join(letter for letter in device if not (letter.isdigit() or letter in "._"))
