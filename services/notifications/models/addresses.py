"""Where members read mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base


class Address(Base):
    """A member's address, as identity tells it to this service alone.

    Not `is_confirmed`, and empty, of somebody who leaves; nobody else's is told before it is
    confirmed. Of who left there is none.
    """

    __tablename__ = "addresses"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    is_confirmed: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]
