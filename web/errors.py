"""What the API refuses, as pages and forms see it."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """A problem+json of the API (RFC 9457)."""

    status: int = 503
    code: str = "unavailable"
    detail: str = ""
    correlation_id: str = ""
    errors: dict[str, list[str]] = {}  # by field, in English


class Refused(Exception):
    """The API did not do what was asked; `retry_after` in seconds, where it said so."""

    def __init__(self, problem: Problem, retry_after: int | None = None) -> None:
        self.problem = problem
        self.retry_after = retry_after
        super().__init__(f"{problem.status} {problem.code}")


class Moved(Exception):
    """What was asked for is called otherwise by now; `target` is its page."""

    def __init__(self, target: str) -> None:
        self.target = target
        super().__init__(target)


class SignInNeeded(Exception):
    """Nobody is signed in, or nobody any more."""
