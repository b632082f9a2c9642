"""Languages: which one a visitor reads, its texts, its numbers and dates.

Texts are written in English in code and templates; `translations/` has their French, compiled
when the application starts. French spaces stand in the translations.
"""

import gettext as standard
import io
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, request
from markupsafe import Markup, escape

from chassis import clock
from web.session import find_me

FOLDER = Path(__file__).parent / "translations"
LOCALES = ("fr", "en")
COOKIE = "skiller-language"
SOON = timedelta(days=7)  # as long a moment is told as how long ago it was
SHORT_DATE, LONG_DATE = {"fr": "d MMM y", "en": "d MMM y"}, {"fr": "d MMMM y", "en": "d MMMM y"}


# Asked hundreds of times by a page; of the request at hand, and forgotten with it.
_locale: ContextVar[str | None] = ContextVar("locale", default=None)


def install(app: Flask) -> None:
    """Let templates speak the visitor's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(_gettext, _ngettext, newstyle=True)
    app.jinja_env.globals["ngettext"] = counted
    app.jinja_env.filters |= {"when": when, "day": day, "month": month_name, "number": number}
    app.teardown_request(_forget)


def locale() -> str:
    """The language of this request: the member's, the one chosen here, the browser's, French."""
    found = _locale.get()
    if found is None:
        me = find_me()
        wanted = me.locale if me is not None else request.cookies.get(COOKIE, "")
        browsers = request.accept_languages.best_match(LOCALES)
        found = wanted if wanted in LOCALES else (browsers or LOCALES[0])
        _locale.set(found)
    return found


def _forget(_: BaseException | None) -> None:
    _locale.set(None)


def _(text: str, **named: Any) -> str:
    """A text in the visitor's language, with what it names."""
    translated = _gettext(text)
    return translated % named if named else translated


def ngettext(one: str, many: str, count: int, **named: Any) -> str:
    """The same of so many; `%(num)s` stands for the number."""
    return _ngettext(one, many, count) % {"num": number(count), **named}


def _gettext(text: str) -> str:
    return _translations(locale()).gettext(text)


def _ngettext(one: str, many: str, count: int) -> str:
    return _translations(locale()).ngettext(one, many, count)


def counted(one: str, many: str, count: int, **named: Any) -> Markup:
    """`ngettext` of templates, whose texts are ours and may hold markup."""
    if named:
        return Markup(_ngettext(one, many, count)) % {"num": count, **named}
    return _counted_in(locale(), one, many, count)


@lru_cache(4096)
def _counted_in(name: str, one: str, many: str, count: int) -> Markup:
    return Markup(_translations(name).ngettext(one, many, count)) % {"num": count}


def translator(name: str) -> Callable[[str], str]:
    """What turns a text into another language."""
    return _translations(name).gettext


@cache
def _translations(name: str) -> standard.NullTranslations:
    if name == "en":
        return standard.NullTranslations()
    compiled = io.BytesIO()
    with (FOLDER / name / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return standard.GNUTranslations(compiled)


def number(value: float) -> str:
    """A number as it is written, with a digit after the point at the most."""
    return _number(round(value, 1), locale())


@lru_cache(2048)
def _number(value: float, name: str) -> str:
    return numbers.format_decimal(value, "#,##0.#", locale=name)


def exact(value: float) -> str:
    """A number with all its digits."""
    return numbers.format_decimal(value, locale=locale(), decimal_quantization=False)


def zone() -> tzinfo:
    """The community's, in which hours are said; a script may say the browser's beside it."""
    return dates.get_timezone(current_app.extensions["settings"].zone)


def when(moment: datetime) -> Markup:
    """How long ago, within a week; else the day."""
    ago = clock.now() - moment
    words = _ago(int(ago.total_seconds()) // 60, locale()) if ago < SOON else short_day(moment)
    return Markup(f"{_time(moment, locale())}{escape(words)}</time>")


@lru_cache(4096)
def _time(moment: datetime, name: str) -> str:
    exact = dates.format_datetime(moment, "medium", locale=name)
    return f'<time datetime="{moment.isoformat(timespec="seconds")}" title="{escape(exact)}">'


@lru_cache(4096)
def _ago(minutes: int, name: str) -> str:
    if minutes < 1:
        return _("just now")
    return dates.format_timedelta(
        -timedelta(minutes=minutes), granularity="minute", add_direction=True, locale=name
    )


def short_day(moment: datetime) -> str:
    """24 nov. 2026."""
    return _day(moment.date().toordinal(), SHORT_DATE[locale()], locale())


def weekday(moment: datetime) -> str:
    """Monday 30 November, in the community's zone."""
    local = moment.astimezone(zone()).date()
    said: str = dates.format_date(local, "EEEE d MMMM", locale=locale())
    # French counts the first day of a month: lundi 1er mars.
    return said.replace(" 1 ", " 1er ") if local.day == 1 and locale().startswith("fr") else said


def calendar_day(one: date) -> str:
    """24 nov. 2026, of a day without an hour."""
    return _day(one.toordinal(), SHORT_DATE[locale()], locale())


def moment(at: datetime) -> Markup:
    """24 nov. 2026, 18:00 UTC: an end, with its hour and zone."""
    words = dates.format_datetime(at, "d MMM y, HH:mm", tzinfo=zone(), locale=locale())
    name = dates.get_timezone_name(at.astimezone(zone()), width="short", locale=locale())
    stamp = at.isoformat(timespec="seconds")
    here = _("%(time)s where you are", time="{}")
    shown = '<time datetime="{}" data-zone="{}" data-here="{}">{} {}</time>'
    return Markup(shown).format(stamp, current_app.extensions["settings"].zone, here, words, name)


def day(moment: datetime) -> Markup:
    """24 November 2026."""
    words = _day(moment.date().toordinal(), LONG_DATE[locale()], locale())
    return Markup('<time datetime="{}">{}</time>').format(moment.date().isoformat(), words)


@lru_cache(4096)
def _day(ordinal: int, form: str, name: str) -> str:
    return dates.format_date(datetime.fromordinal(ordinal), form, locale=name)


def month_name(moment: datetime | str) -> str:
    """November 2026; of a month as the API writes it (2026-11) as well."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(f"{moment[:7]}-01")
    return dates.format_date(moment, "MMMM y", locale=locale())


def short_month(month: str) -> str:
    """nov. 2026."""
    moment = datetime.fromisoformat(f"{month[:7]}-01")
    return dates.format_date(moment, "MMM y", locale=locale())
