"""What all tables of discussion share."""

from sqlalchemy import (
    DDL,
    event,
)
from sqlalchemy.orm import DeclarativeBase

from chassis import tables
from chassis.database import new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)
_TRIGRAMS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # type: ignore[no-untyped-call]
event.listen(Base.metadata, "before_create", _TRIGRAMS)
