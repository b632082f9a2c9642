"""What notices are called where members choose how they are told: classes, kinds, ways, hours."""

from collections.abc import Callable, Mapping
from datetime import time

from web.i18n import _

Say = Callable[[], str]
Options = list[tuple[str, str]]
_CLASSES: Mapping[str, tuple[Say, Say]] = {
    "to_me": (
        lambda: _("For you"),
        lambda: _(
            "What is asked of you or answered to you, what people you follow ask, your skills, "
            "thanks, your part in projects, what moderators decide."
        ),
    ),
    "my_circle": (
        lambda: _("Your circle"),
        lambda: _(
            "Likes, new followers, those you invited, and news of the projects that you follow "
            "or build."
        ),
    ),
    "my_keywords": (
        lambda: _("Your keywords"),
        lambda: _(
            "Questions that wait, which you may know or whose keywords you follow, and requests "
            "for an invitation that name one."
        ),
    ),
}
# Of each class its kinds, the most frequent first.
KINDS: Mapping[str, Mapping[str, Say]] = {
    "to_me": {
        "request": lambda: _("Somebody asks you to answer"),
        "answer": lambda: _("An answer to your question"),
        "accepted": lambda: _("Your answer is accepted"),
        "named": lambda: _("Somebody names you"),
        "question": lambda: _("A question of somebody you follow"),
        "advice": lambda: _("Advice when nobody answers your question"),
        "skill": lambda: _("A skill of yours rises"),
        "thanks": lambda: _("Thanks for your help"),
        "help_asked": lambda: _("A project asks for your help"),
        "help_offered": lambda: _("An offer of help for your project"),
        "help_answered": lambda: _("The answer to an offer or an invitation of yours"),
        "ownership_offered": lambda: _("A project is handed to you"),
        "removed": lambda: _("You are taken out of a project"),
        "idle": lambda: _("Nothing happens in your project any more"),
        "outcome_due": lambda: _("Your round of opinions waits for what came of it"),
        "moderated": lambda: _("Moderators act in your project"),
        "post_moderated": lambda: _("Moderators remove a post of yours"),
        "report_answered": lambda: _("Moderators answer your report"),
        "contest_answered": lambda: _("Moderators answer what you contested"),
    },
    "my_circle": {
        "like": lambda: _("A like for what you wrote"),
        "follower": lambda: _("Somebody follows you"),
        "invitee_joined": lambda: _("Somebody you invited joins"),
        "invitee_posted": lambda: _("The first words of somebody you invited"),
        "update": lambda: _("News of a project"),
        "call": lambda: _("A project looks for help"),
        "round": lambda: _("A project asks for opinions"),
        "round_ends": lambda: _("A round of opinions is about to end"),
        "outcome": lambda: _("What came of a round of opinions"),
        "benchmark": lambda: _("A new version of a benchmark"),
    },
    "my_keywords": {
        "ask": lambda: _("A question that you may know how to answer"),
        "unanswered": lambda: _("A question with your keywords that nobody answered"),
        "invitation_request": lambda: _("Somebody asks for an invitation"),
    },
}
_MODES: Mapping[str, Say] = {
    "now": lambda: _("By mail, soon"),
    "digest": lambda: _("In the digest"),
    "off": lambda: _("Not by mail"),
}
_RHYTHMS: Mapping[str, Say] = {
    "working_days": lambda: _("Each working day"),
    "weekly": lambda: _("On Mondays"),
    "off": lambda: _("Never"),
}
_SCOPES: Mapping[str, Say] = {
    "to_me": lambda: _(
        "It is for mails of what concerns you: what is asked of you or answered to you, thanks, "
        "your skills, your projects."
    ),
    "my_circle": lambda: _(
        "It is for mails of your circle: likes, followers, news of the projects that you follow."
    ),
    "my_keywords": lambda: _(
        "It is for mails of your keywords: questions that wait for somebody who knows, requests "
        "for an invitation."
    ),
    "digest": lambda: _("It is for digests: one mail with what you had not read."),
}
RULES: Mapping[str, Say] = {
    "time_zone": lambda: _("A name such as Europe/Paris, of the list."),
    "paused_until": lambda: _("A day of the next 400."),
    "quiet_from": lambda: _("A time such as 20:00."),
    "quiet_until": lambda: _("A time such as 08:00; at least one hour of the day is left."),
}


def classes() -> list[tuple[str, str, str]]:
    """All classes: what each is called, and what belongs to it."""
    return [(name, called(), holds()) for name, (called, holds) in _CLASSES.items()]


def class_named(name: str) -> str:
    """What a class is called."""
    return _CLASSES[name][0]()


def kinds(class_: str) -> Options:
    """All kinds of a class."""
    return [(kind, say()) for kind, say in KINDS[class_].items()]


def modes() -> Options:
    """How a class may be told by mail."""
    return [(mode, say()) for mode, say in _MODES.items()]


def kind_modes() -> Options:
    """How a kind may be."""
    return [("", _("As above")), *modes()]


def rhythms() -> Options:
    """When digests may come."""
    return [(rhythm, say()) for rhythm, say in _RHYTHMS.items()]


def hours() -> Options:
    """The hours of a day."""
    return [(str(hour), f"{time(hour):%H:%M}") for hour in range(24)]


def scope(name: str) -> str:
    """What the link of a mail is for."""
    return _SCOPES[name]() if name in _SCOPES else ""


# Proposed while one types: where French and English are spoken at work, and capitals.
ZONES = (
    *("Europe/Paris", "Europe/Brussels", "Europe/Zurich", "Europe/Luxembourg", "Europe/Monaco"),
    *("Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Madrid", "Europe/Rome"),
    *("Europe/Berlin", "Europe/Amsterdam", "Europe/Vienna", "Europe/Prague", "Europe/Warsaw"),
    *("Europe/Copenhagen", "Europe/Stockholm", "Europe/Oslo", "Europe/Helsinki", "Europe/Athens"),
    *("Europe/Bucharest", "Europe/Istanbul", "Europe/Kyiv", "America/Montreal", "America/Toronto"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Vancouver", "America/Mexico_City", "America/Sao_Paulo", "America/Guadeloupe"),
    *("America/Martinique", "America/Cayenne", "America/Miquelon", "America/Port-au-Prince"),
    *("Africa/Casablanca", "Africa/Algiers", "Africa/Tunis", "Africa/Dakar", "Africa/Abidjan"),
    *("Africa/Douala", "Africa/Kinshasa", "Africa/Cairo", "Africa/Johannesburg", "Asia/Beirut"),
    *("Indian/Antananarivo", "Indian/Mauritius", "Indian/Mayotte", "Indian/Reunion", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Ho_Chi_Minh", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney"),
    *("Pacific/Auckland", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Wallis", "UTC"),
)
