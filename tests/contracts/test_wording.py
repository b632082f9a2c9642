"""What services refuse has a sentence in the pages, and no sentence is for a code of nobody."""

from collections.abc import Iterator
from importlib import import_module

from chassis.errors import ServiceError
from contracts.services import SERVICES
from services.notifications.rules import CLASS_OF
from web.notice_wording import KINDS
from web.wording import REFUSALS

# What the framework answers for all, or what its status says enough of.
GENERAL = {
    *("internal_error", "invalid", "forbidden", "not_found", "conflict", "too_many"),
    *("unavailable", "clock_wrong", "cursor_invalid", "leaving_only", "session_closed"),
    *("refresh_token_invalid", "refresh_token_reused", "refresh_token_rotated", "token_invalid"),
    *("token_expired", "idempotency_key_invalid", "idempotency_key_refused"),
    *("outdated", "condition_missing", "version_missing"),
}
# What is asked by operators, or for a picture alone.
NEVER_ON_A_PAGE = {
    *("mail_not_found", "push_not_found", "portrait_not_found", "esco_invalid", "database_newer"),
    *("database_busy", "failed_event_not_found"),
}


def _codes(kind: type[ServiceError] = ServiceError) -> Iterator[str]:
    if kind.__module__.startswith(("chassis.", "services.")) and ".tests." not in kind.__module__:
        yield kind.code
    for narrower in kind.__subclasses__():
        yield from _codes(narrower)


def test_every_refusal_of_a_service_is_told_by_a_sentence():
    for service in SERVICES:
        import_module(f"services.{service}.errors")
    defined = set(_codes())

    unsaid = defined - REFUSALS.keys() - GENERAL - NEVER_ON_A_PAGE
    assert not unsaid, f"pages have no sentence for {sorted(unsaid)}"


def test_members_can_choose_of_each_kind_of_notice_how_they_are_told():
    offered = {kind: class_ for class_, kinds in KINDS.items() for kind in kinds}

    assert offered == CLASS_OF
