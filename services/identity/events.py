"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from contracts.identity import MemberJoined
from services.identity.models import Member


def joined(member: Member) -> MemberJoined:
    """The event that tells a member as they are now."""
    return MemberJoined(
        member_id=member.id,
        revision=member.revision,
        name=member.name,
        headline=member.headline,
        company=member.company,
        location=member.location,
        portrait_url=member.portrait_url,
        locale=member.locale,  # type: ignore[arg-type]
        role=member.role,  # type: ignore[arg-type]
        state=member.state,  # type: ignore[arg-type]
        is_proposable=True,  # until members can choose
        sponsor_id=member.sponsor_id,
        joined_at=member.joined_at,
    )
