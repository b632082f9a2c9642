"""What can go wrong in notifications."""

from chassis.errors import ConditionMissing, Invalid, NotFound, Outdated


class NoticeNotFound(NotFound):
    code = "notice_not_found"
    detail = "There is no such notice."


class PreferencesInvalid(Invalid):
    code = "preferences_invalid"
    detail = "Notices cannot be told in this way."


class TimeZoneUnknown(Invalid):
    code = "time_zone_unknown"
    detail = "Not the name of a time zone, such as Europe/Paris."


class UnsubscriptionInvalid(NotFound):
    code = "unsubscription_invalid"
    detail = "This link is not, or no more, good for anything."


class VersionOutdated(Outdated):
    code = "version_outdated"
    detail = "The preferences were changed meanwhile: look at them again."


class VersionMissing(ConditionMissing):
    code = "version_missing"
    detail = 'Say what you change by If-Match: "VERSION".'
