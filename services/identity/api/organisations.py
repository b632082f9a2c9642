"""`/organisations`, for moderators, and `/members/me/organisation`."""

from typing import Any

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.schemas import PageArguments
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity.actions import agreements, organisations
from services.identity.queries import organisations as queries
from services.identity.schemas.answers import (
    AgreementSchema,
    OrganisationActPageSchema,
    RegisteredPageSchema,
    RegisteredSchema,
)
from services.identity.schemas.requests import (
    AgreementRequest,
    OrganisationChangeRequest,
    OrganisationRequest,
)

bp = Blueprint("organisations", "Which organisations members may be seen in")


@bp.get("/organisations")
@bp.arguments(PageArguments, location="query")
@bp.response(200, RegisteredPageSchema)
def list_organisations(page: dict[str, Any]) -> Any:
    """For moderators: what is registered."""
    with transaction() as session:
        return queries.list_organisations(session, viewer=current_member(), **page)


@bp.post("/organisations")
@idempotent()
@bp.arguments(OrganisationRequest)
@bp.response(201, RegisteredSchema)
def post_organisation(wanted: dict[str, Any]) -> Any:
    """For moderators: register an organisation by its domains."""
    actor = current_member()
    with transaction() as session:
        slug = organisations.register_organisation(session, actor=actor, **wanted)
        return queries.get_organisation(session, viewer=actor, slug=slug)


@bp.get("/organisations/<slug>")
@bp.response(200, RegisteredSchema)
def get_organisation(slug: str) -> Any:
    """For moderators: one organisation."""
    with transaction() as session:
        return queries.get_organisation(session, viewer=current_member(), slug=slug)


@bp.patch("/organisations/<slug>")
@bp.arguments(OrganisationChangeRequest)
@bp.response(200, RegisteredSchema)
def patch_organisation(changes: dict[str, Any], slug: str) -> Any:
    """For moderators: change its name or domains, close or reopen it; ends what that ends."""
    actor = current_member()
    with transaction() as session:
        organisations.change_organisation(session, actor=actor, slug=slug, **changes)
        return queries.get_organisation(session, viewer=actor, slug=slug)


@bp.get("/organisations/<slug>/acts")
@bp.arguments(PageArguments, location="query")
@bp.response(200, OrganisationActPageSchema)
def list_organisation_acts(page: dict[str, Any], slug: str) -> Any:
    """For moderators: what was done to it and why, the latest first."""
    with transaction() as session:
        return queries.list_acts(session, viewer=current_member(), slug=slug, **page)


@bp.get("/members/me/organisation")
@bp.response(200, AgreementSchema)
def get_own_organisation() -> Any:
    """The organisation that my confirmed address shows, and whether I am seen in it."""
    with transaction() as session:
        return queries.get_agreement(session, member_id=current_member().id)


@bp.put("/members/me/organisation")
@bp.arguments(AgreementRequest)
@bp.response(200, AgreementSchema)
def put_own_organisation(wanted: dict[str, Any]) -> Any:
    """Agree to be counted in my organisation's map, and named to nobody."""
    actor = current_member()
    with transaction() as session:
        agreements.agree(session, actor=actor, slug=wanted["organisation"])
        return queries.get_agreement(session, member_id=actor.id)


@bp.delete("/members/me/organisation")
@bp.response(204)
def delete_own_organisation() -> None:
    """Take it back."""
    with transaction() as session:
        agreements.take_back(session, actor=current_member())
