"""The kinds of failure that a service may name.

Services subclass a kind and give it a code; `chassis.problems` maps kinds to HTTP
once, the consumer maps every failure to retry and dead letter once.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

FieldErrors = Mapping[str, Sequence[str]]


class ServiceError(Exception):
    """A failure with a status, a stable code and a sentence for the person who reads it."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    detail: ClassVar[str] = "Something went wrong on our side."

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: FieldErrors | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = detail or self.detail
        self.errors = errors
        self.retry_after = retry_after  # seconds after which trying again makes sense
        super().__init__(self.message)


class Invalid(ServiceError):
    """What was sent cannot be accepted as it is."""

    status = 422
    code = "invalid"
    detail = "The request is not valid."


class Forbidden(ServiceError):
    """The actor is known and may not do this."""

    status = 403
    code = "forbidden"
    detail = "You may not do this."


class NotFound(ServiceError):
    """There is no such thing, or the actor may not know of it."""

    status = 404
    code = "not_found"
    detail = "There is nothing here."


class Conflict(ServiceError):
    """The present state does not allow this."""

    status = 409
    code = "conflict"
    detail = "The present state does not allow this."


class Outdated(ServiceError):
    """What the actor would change is not any more what they looked at."""

    status = 412
    code = "outdated"
    detail = "This was changed meanwhile."


class ConditionMissing(ServiceError):
    """The actor must say which state they change."""

    status = 428
    code = "condition_missing"
    detail = "Say which state you change, by If-Match."


class TooMany(ServiceError):
    """An allowance is used up; `retry_after` says when there is room again."""

    status = 429
    code = "too_many"
    detail = "That is more than is allowed for now; wait a while."


class Unavailable(ServiceError):
    """Something needed does not answer; trying again later may succeed."""

    status = 503
    code = "unavailable"
    detail = "This part of the service does not answer at the moment."
