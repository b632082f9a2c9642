"""What both imports do alike: let somebody join by an invitation, and act alone."""

import hashlib
from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.claims import Claims
from demo.machine import Machine
from services.identity.actions import members
from services.identity.models import Member

T = TypeVar("T")


def join(
    session: Session, *, token: str, name: str, email: str, password_hash: str, locale: str
) -> Member:
    """Make somebody a member by an invitation's token; raises what `members.join` raises."""
    member_id = members.join(
        session,
        token=token,
        name=name,
        email=email,
        password_hash=password_hash,
        locale=locale,
        is_sharing_first_steps=False,
        client="127.0.0.1",
    )
    return session.get_one(Member, member_id)


def claims_of(member: Member) -> Claims:
    """Who acts, as a token would say."""
    return Claims(member.id, uuid4(), member.role, member.name, member.headline, 0.0)


def do_alone(machine: Machine, community: str, service: str, act: Callable[[Session], T]) -> T:
    """Do something in one transaction that none of the same community meets."""
    key = int(digest(f"import of {community}")[:15], 16)

    def act_alone(session: Session) -> T:
        session.execute(select(func.pg_advisory_xact_lock(key)))
        return act(session)

    return machine.do(service, act_alone)


def digest(text: str) -> str:
    """Of any text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
