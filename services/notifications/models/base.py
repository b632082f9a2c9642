"""What all tables of notifications share."""

from sqlalchemy.orm import DeclarativeBase

from chassis import tables
from chassis.database import new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)
