"""What moderators do to the catalogue: merges, labels, and the list of what was done."""

from typing import Any

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.skills.actions import labels, merges
from services.skills.queries import acts as queries
from services.skills.queries.acts import ActView
from services.skills.schemas.acts import (
    ActFilters,
    CatalogueActPageSchema,
    LabelsRequest,
    MergeRequest,
    MergeSchema,
    ReasonRequest,
    RenamingSchema,
)

bp = Blueprint("acts", "What moderators do to the catalogue, and why")


@bp.put("/skills/<slug>/merge")
@idempotent()
@bp.arguments(MergeRequest)
@bp.response(200, MergeSchema)
def put_merge(wanted: dict[str, Any], slug: str) -> dict[str, Any]:
    """Let a skill lead to another, as a moderator; a dry run says who would gain or lose what."""
    with transaction() as session:
        merge = merges.merge_skills(session, actor=current_member(), slug=slug, **wanted)
        return {**_shown(session, merge), "is_merged": not wanted["is_dry_run"]}


@bp.delete("/skills/<slug>/merge")
@bp.arguments(ReasonRequest, location="query")
@bp.response(200, MergeSchema)
def delete_merge(why: dict[str, Any], slug: str) -> dict[str, Any]:
    """Take a merge back, as a moderator."""
    with transaction() as session:
        merge = merges.part_skills(session, actor=current_member(), slug=slug, **why)
        return {**_shown(session, merge), "is_merged": False}


@bp.put("/skills/<slug>/labels")
@idempotent()
@bp.arguments(LabelsRequest)
@bp.response(200, RenamingSchema)
def put_labels(wanted: dict[str, Any], slug: str) -> dict[str, Any]:
    """Say what a skill is called, as a moderator; its slug stays. A dry run does nothing."""
    called = wanted.pop("en"), wanted.pop("fr")
    with transaction() as session:
        renaming = labels.rename_skill(
            session, actor=current_member(), slug=slug, labels=called, **wanted
        )
        return {**_shown(session, renaming), "is_renamed": not wanted["is_dry_run"]}


@bp.delete("/skills/<slug>/labels")
@bp.arguments(ReasonRequest, location="query")
@bp.response(200, RenamingSchema)
def delete_labels(why: dict[str, Any], slug: str) -> dict[str, Any]:
    """Call a skill as the catalogue does again, as a moderator."""
    with transaction() as session:
        renaming = labels.restore_labels(session, actor=current_member(), slug=slug, **why)
        return {**_shown(session, renaming), "is_renamed": False}


@bp.get("/catalogue-acts")
@bp.arguments(ActFilters, location="query")
@bp.response(200, CatalogueActPageSchema)
def list_acts(filters: dict[str, Any]) -> Page[ActView]:
    """What moderators did to the catalogue, the latest first; for moderators."""
    with reading() as session:
        return queries.list_acts(session, viewer=current_member(), **filters)


def _shown(session: Any, done: merges.Merge | labels.Renaming) -> dict[str, Any]:
    told = dict(vars(done))
    trial = told.pop("trial")
    return {
        **told,
        "steps": queries.list_steps(session, trial.steps),
        "tried_count": trial.member_count,
        "is_complete": trial.is_complete,
    }
