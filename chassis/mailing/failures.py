"""Why a mail was not carried, in words that name neither a person nor an address."""


class MailFailure(Exception):
    """What the operator may read of it."""

    @property
    def reason(self) -> str:
        return str(self)


class MailRefused(MailFailure):
    """For good: trying again would not help."""


class RecipientRefused(MailRefused):
    """No mail reaches this address: nobody reads there, or nothing can be written to it."""


class MailDelayed(MailFailure):
    """For now: a later attempt may succeed."""


class RecipientDelayed(MailDelayed):
    """The server takes nothing for this address at present."""


class CarrierAway(MailDelayed):
    """Nothing can be carried at present, this mail or another."""


class CarrierBroke(CarrierAway):
    """The connection broke in the middle: the mail may have been taken."""
