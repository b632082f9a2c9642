"""What can go wrong in notifications."""

from chassis.errors import ConditionMissing, Conflict, Invalid, NotFound, Outdated


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


class NoticeNoAsk(Conflict):
    code = "notice_no_ask"
    detail = "This notice asks nothing for the sake of a skill."


class LadderNotFound(NotFound):
    code = "ladder_not_found"
    detail = "No question of yours waits by this name."


class PushOff(Conflict):
    code = "push_off"
    detail = "Nothing is pushed here: this Skiller has no key for it."


class EndpointRefused(Invalid):
    code = "endpoint_refused"
    detail = "Not the address of a browser's push service that is known here."


class PushKeysInvalid(Invalid):
    code = "push_keys_invalid"
    detail = "Not the keys of a browser: `p256dh` and `auth` of its subscription."


class SubscriptionsTooMany(Conflict):
    code = "push_subscriptions_too_many"
    detail = "Ten devices are told already: switch one off first."


class SubscriptionNotFound(NotFound):
    code = "push_subscription_not_found"
    detail = "There is no such subscription."
