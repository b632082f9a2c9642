"""`Idempotency-Key`: the same key gives the same answer, for 24 hours.

The key is claimed and the answer kept in the transaction of the action itself: a twin
waits for it, and a failure keeps nothing.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.auth import current_member
from chassis.errors import Invalid
from chassis.tables import IDEMPOTENCY_KEYS
from chassis.transactions import single, transaction

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
LONGEST = 200


class IdempotencyKeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    detail = f"Idempotency-Key is 1 to {LONGEST} visible ASCII characters."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key was used with another body."


class IdempotencyKeyRefused(Invalid):
    code = "idempotency_key_refused"
    detail = "This request answers a secret and takes no Idempotency-Key."


def idempotent(*, omit: Sequence[str] = ()) -> Callable[[Any], Any]:
    """Let a creating view answer a repeated key as it did the first time.

    The view has one transaction, which is this one's; another is a RuntimeError, with a key or
    without. `omit` names fields that only the first answer shows. Stands above the decorators
    that parse and dump, so that it sees the bytes.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                with single():
                    return view(*args, **kwargs)
            with transaction() as session:
                kept = _claim(session, _valid(key))
                if kept is not None:
                    return kept
                with single():
                    response = view(*args, **kwargs)
                _keep(session, key, response, omit)
                return response

        return wrapper

    return decorate


def purge(session: Session) -> None:
    """Forget answers older than 24 hours; the worker does so now and then."""
    session.execute(
        delete(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.created_at < clock.now() - KEPT)
    )


def refuse_key() -> None:
    """For views that answer secrets to strangers; raises IdempotencyKeyRefused."""
    if HEADER in request.headers:
        raise IdempotencyKeyRefused


def _valid(key: str) -> str:
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid
    return key


def _identity(key: str) -> dict[str, Any]:
    route = f"{request.method} {request.path}"
    return {"member_id": current_member().id, "route": route, "key": key}


def _claim(session: Session, key: str) -> Response | None:
    """Take the key, waiting for a twin; returns the kept answer when it was taken before."""
    table, identity = IDEMPOTENCY_KEYS, _identity(key)
    digest = hashlib.sha256(request.get_data()).digest()
    expired = delete(table).filter_by(**identity).where(table.c.created_at < clock.now() - KEPT)
    session.execute(expired)
    row = insert(table).values(**identity, request_hash=digest, created_at=clock.now())
    claimed = session.execute(row.on_conflict_do_nothing().returning(table.c.key)).first()
    if claimed:
        return None
    found = session.execute(select(table).filter_by(**identity)).mappings().one()
    if found["request_hash"] != digest:
        raise IdempotencyKeyReused
    response = current_app.response_class(found["answer"], found["status"])
    response.content_type = "application/json"
    return response


def _keep(session: Session, key: str, response: Response, omit: Sequence[str]) -> None:
    answer = response.get_data(as_text=True)
    if omit:
        answer = json.dumps({k: v for k, v in json.loads(answer).items() if k not in omit})
    session.execute(
        update(IDEMPOTENCY_KEYS)
        .filter_by(**_identity(key))
        .values(status=response.status_code, answer=answer)
    )
