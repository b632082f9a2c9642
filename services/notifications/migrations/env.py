"""Alembic's entry; everything is in the chassis."""

from chassis.migrations import run

run()
