"""How members want to be told, what they may choose, and what holds for who never chose."""

from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from services.notifications import rules
from services.notifications.calendar import Quiet

Mode = Literal["now", "digest", "off"]
Rhythm = Literal["working_days", "weekly", "off"]
MODES: tuple[Mode, ...] = ("now", "digest", "off")
RHYTHMS: tuple[Rhythm, ...] = ("working_days", "weekly", "off")
DIGEST = "digest"
SCOPES = (*rules.CLASSES, DIGEST)  # what an unsubscribing link may be for


class ClassWish(msgspec.Struct, frozen=True):
    """How one is told of what belongs to a class."""

    mail: Mode
    push: bool = False


NEVER_QUIET = Quiet(time(0), time(0), on_weekends=False)
DEFAULT_CLASSES: Mapping[str, ClassWish] = {
    rules.TO_ME: ClassWish("now"),
    rules.MY_CIRCLE: ClassWish("digest"),
    rules.MY_KEYWORDS: ClassWish("digest"),
}


class Preferences(msgspec.Struct, frozen=True):
    """What a member chose; a kind's own mode goes before its class's."""

    time_zone: str
    classes: Mapping[str, ClassWish] = msgspec.field(default_factory=lambda: DEFAULT_CLASSES)
    kinds: Mapping[str, Mode] = msgspec.field(default_factory=dict)
    digest: Rhythm = "working_days"
    digest_hour: int = 8
    quiet: Quiet = Quiet()
    paused_until: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def mode_of(self, kind: str, class_: str) -> Mode:
        """How a notice is mailed."""
        return self.kinds.get(kind) or self.classes[class_].mail

    def is_pushed(self, kind: str, class_: str) -> bool:
        """Whether a notice is shown on one's devices at once."""
        return self.classes[class_].push and self.kinds.get(kind) != "off"

    @property
    def pushes_anything(self) -> bool:
        """Whether there is anything at all that is shown on their devices at once."""
        return any(wish.push for wish in self.classes.values())

    @property
    def mails_anything(self) -> bool:
        """Whether there is anything at all that they are mailed."""
        modes = {wish.mail for wish in self.classes.values()} | set(self.kinds.values())
        return "now" in modes or ("digest" in modes and self.digest != "off")


def is_zone(name: str) -> bool:
    """Whether a name is that of a zone, on any machine: a region's, or UTC."""
    return ("/" in name or name == "UTC") and name in _zones()


@cache
def _zones() -> frozenset[str]:
    # Listing them opens each file: as much work as a hundred pushes.
    return frozenset(available_timezones())


def read(choices: Mapping[str, Any], zone: str = "UTC") -> Preferences:
    """From what is kept; in `zone` where this machine knows the one that was chosen no more."""
    chosen = msgspec.convert(choices, Preferences)
    if is_zone(chosen.time_zone):
        return chosen
    return msgspec.structs.replace(chosen, time_zone=zone)


def write(preferences: Preferences) -> dict[str, Any]:
    """As it is kept."""
    return cast(dict[str, Any], msgspec.to_builtins(preferences))


def without(preferences: Preferences, scope: str) -> tuple[Preferences, Any]:
    """Without mails of a class and all its kinds, or digests; and what was chosen there."""
    if scope == DIGEST:
        return msgspec.structs.replace(preferences, digest="off"), preferences.digest
    wish, mailed = preferences.classes[scope], _kinds_mailed(preferences, scope)
    classes = {**preferences.classes, scope: ClassWish("off", wish.push)}
    kinds = {kind: mode for kind, mode in preferences.kinds.items() if kind not in mailed}
    less = msgspec.structs.replace(preferences, classes=classes, kinds=kinds)
    return less, {"mail": wish.mail, "kinds": mailed}


def with_again(preferences: Preferences, scope: str, was: Any) -> Preferences:
    """With what unsubscribing took away."""
    if scope == DIGEST:
        return msgspec.structs.replace(preferences, digest=was)
    wish = ClassWish(was["mail"], preferences.classes[scope].push)
    return msgspec.structs.replace(
        preferences,
        classes={**preferences.classes, scope: wish},
        kinds={**preferences.kinds, **was["kinds"]},
    )


def is_off(preferences: Preferences, scope: str) -> bool:
    """Whether nothing of this is mailed."""
    if scope == DIGEST:
        return preferences.digest == "off"
    return preferences.classes[scope].mail == "off" and not _kinds_mailed(preferences, scope)


def _kinds_mailed(preferences: Preferences, class_: str) -> dict[str, Mode]:
    """The kinds of a class that are mailed, whatever holds for the class."""
    return {
        kind: mode
        for kind, mode in preferences.kinds.items()
        if rules.CLASS_OF.get(kind) == class_ and mode != "off"
    }
