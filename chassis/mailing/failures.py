"""Why a mail was not carried, in words that name neither a person nor an address."""


class MailFailure(Exception):
    """What the operator may read of it."""

    @property
    def reason(self) -> str:
        return str(self)


class MailRefused(MailFailure):
    """For good: trying again would not help."""


class RecipientRefused(MailRefused):
    """The server says that nobody reads mail at this address."""


class MailDelayed(MailFailure):
    """For now: a later attempt may succeed."""


class CarrierAway(MailDelayed):
    """Nothing can be carried at present, this mail or another."""
