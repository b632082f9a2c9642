"""How one is told, between the API's words and the fields of a form."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from chassis import clock
from web import i18n, notice_wording
from web.api.notices import Preferences
from web.forms import Form
from web.i18n import _

OUTDATED = "version_outdated"
KIND = "kind_"  # begins fields of kinds
FIELDS: Mapping[str, str] = {
    "quiet": "quiet_until",
    "quiet.from": "quiet_from",
    "quiet.until": "quiet_until",
    **{f"classes.{name}.mail": f"mail_{name}" for name in notice_wording.KINDS},
}


def fields_of(kept: Preferences) -> dict[str, Any]:
    """A form as it is kept."""
    return {
        "version": kept.version,
        **{f"mail_{name}": wish.mail for name, wish in kept.classes.items()},
        **{f"push_{name}": wish.push for name, wish in kept.classes.items()},
        **{KIND + kind: mode for kind, mode in kept.kinds.items()},
        "digest": kept.digest,
        "digest_hour": str(kept.digest_hour),
        "time_zone": kept.time_zone,
        "quiet_from": kept.quiet.begins,
        "quiet_until": kept.quiet.ends,
        "quiet_weekends": kept.quiet.on_weekends,
        "paused_until": _day(kept),
    }


def chosen(form: Form) -> dict[str, Any]:
    """What was typed, as the API takes it, which says what is wrong with it."""
    hour = form.text("digest_hour")
    return {
        "classes": {
            name: {"mail": form.text(f"mail_{name}"), "push": form.is_on(f"push_{name}")}
            for name in notice_wording.KINDS
        },
        "kinds": {
            field.removeprefix(KIND): mode
            for field, mode in form.values.items()
            if field.startswith(KIND) and mode
        },
        "digest": form.text("digest"),
        "digest_hour": int(hour) if hour.isdecimal() else hour,
        "time_zone": form.text("time_zone"),
        "quiet": {
            "from": form.text("quiet_from"),
            "until": form.text("quiet_until"),
            "weekends": form.is_on("quiet_weekends"),
        },
        "paused_until": _moment(form.text("paused_until"), form.text("time_zone")),
    }


def differences(form: Form, kept: Preferences) -> list[tuple[str, str]]:
    """What is kept otherwise than it was typed: fields as they are called, and what they hold."""
    now = fields_of(kept)
    kinds = {kind: KIND + kind for one in notice_wording.KINDS.values() for kind in one}
    told: list[tuple[str, str, Mapping[str, str]]] = [
        *((f"mail_{name}", words, _modes()) for name, words, _holds in notice_wording.classes()),
        *(
            (f"push_{name}", _("%(class_)s, on your devices", class_=words), _yes())
            for name, words, _holds in notice_wording.classes()
        ),
        ("digest", _("Digest"), dict(notice_wording.rhythms())),
        ("digest_hour", _("At what time?"), dict(notice_wording.hours())),
        ("time_zone", _("Your time zone"), {}),
        ("quiet_from", _("Nothing from"), {}),
        ("quiet_until", _("Up to"), {}),
        ("quiet_weekends", _("Nothing on weekends either"), _yes()),
        ("paused_until", _("No mail before"), {"": _("Not paused")}),
        *(
            (kinds[kind], words, dict(notice_wording.kind_modes()))
            for name in notice_wording.KINDS
            for kind, words in notice_wording.kinds(name)
        ),
    ]
    return [
        (label, words.get(_text(now.get(field)), _text(now.get(field))))
        for field, label, words in told
        if _text(now.get(field)) != _text(form[field])
    ]


def others(form: Form) -> list[tuple[str, str]]:
    """Fields of kinds that are kept and that pages have no words for: they stay as they are."""
    known = {KIND + kind for kinds in notice_wording.KINDS.values() for kind in kinds}
    return [
        (field, mode)
        for field, mode in form.values.items()
        if field.startswith(KIND) and field not in known
    ]


def is_paused(kept: Preferences) -> bool:
    """Whether no mail is sent for some days."""
    return kept.paused_until is not None and kept.paused_until > clock.now()


def pause_ends(kept: Preferences) -> str:
    """The day from which on mails are sent again, in words."""
    assert kept.paused_until is not None
    return i18n.calendar_day(kept.paused_until.astimezone(_zone(kept.time_zone)).date())


def _day(kept: Preferences) -> str:
    """Until which day there is a pause, as a field has it; of one that is over nothing."""
    if not is_paused(kept) or kept.paused_until is None:
        return ""
    return kept.paused_until.astimezone(_zone(kept.time_zone)).date().isoformat()


def _moment(day: str, zone: str) -> str | None:
    """When a day begins for who lives in a zone; what is no day as it was typed."""
    if not day:
        return None
    try:
        begins = datetime.combine(date.fromisoformat(day), time(), _zone(zone))
    except ValueError:
        return day
    return begins.isoformat()


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name if name in _zones() else "UTC")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _text(value: Any) -> str:
    """A value of a field; boxes are 1 or nothing."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _modes() -> Mapping[str, str]:
    return dict(notice_wording.modes())


def _yes() -> Mapping[str, str]:
    return {"1": _("yes"), "": _("no")}
