"""What the gateway itself refuses; `chassis.problems` tells it as problem+json."""

from chassis.errors import ServiceError, Unavailable


class MalformedRequest(ServiceError):
    """Not HTTP as it should be, so that two readers could differ about it."""

    status = 400
    code = "malformed_request"
    detail = "The request is not well formed."


class MethodNotAllowed(ServiceError):
    """A method that nothing here has; one that a path lacks is its service's to refuse."""

    status = 405
    code = "method_not_allowed"
    detail = "This method is not used here."


class BodyTooLarge(ServiceError):
    """More than the route's `body_limit`."""

    status = 413
    code = "body_too_large"
    detail = "The body is larger than what is accepted here."


class TooManyRequests(ServiceError):
    """This member, or this address of strangers, has used up the window."""

    status = 429
    code = "too_many_requests"
    detail = "Too many requests; wait a little."

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after  # seconds


class UpstreamUnavailable(Unavailable):
    """The service does not answer, or its circuit breaker is open."""

    code = "upstream_unavailable"

    def __init__(self, reason: str, retry_after: int = 5, *, was_reached: bool = True) -> None:
        super().__init__()
        self.reason = reason  # for the log; a stranger does not read it
        self.retry_after = retry_after  # seconds
        self.was_reached = was_reached  # the service may have got the request


class UpstreamTimeout(ServiceError):
    """The service took the request and did not answer in time."""

    status = 504
    code = "upstream_timeout"
    detail = "This part of the service did not answer in time."

    def __init__(self, reason: str, *, was_reached: bool = True) -> None:
        super().__init__()
        self.reason = reason
        self.was_reached = was_reached


# Where the server leaves, in the WSGI environment, what it refuses itself; the proxy tells it.
REFUSED = "gateway.refused"


class RequestTimeout(ServiceError):
    """A head or a body that comes too slowly; the connection ends with it."""

    status = 408
    code = "request_timeout"
    detail = "The request did not come in time."


class TargetTooLong(ServiceError):
    """A path and query above gunicorn's `limit_request_line`."""

    status = 414
    code = "target_too_long"
    detail = "The address is longer than what is accepted here."


class ExpectationFailed(ServiceError):
    """`Expect` with anything but 100-continue."""

    status = 417
    code = "expectation_failed"
    detail = "This expectation cannot be met."


class HeadTooLarge(ServiceError):
    """Headers that are too many, too long, or too much together."""

    status = 431
    code = "head_too_large"
    detail = "The request's headers are larger than what is accepted here."


class NotImplementedHere(ServiceError):
    """A transfer coding that the parser does not know (RFC 9112 6.1)."""

    status = 501
    code = "not_implemented"
    detail = "This transfer coding is not understood here."
