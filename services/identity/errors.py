"""What can go wrong in identity."""

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, TooMany


class MemberNotFound(NotFound):
    code = "member_not_found"
    detail = "There is no such member."


class MemberSuspended(Forbidden):
    code = "member_suspended"
    detail = "This account is suspended."


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    detail = "There is no such invitation."


class InvitationUsed(Conflict):
    code = "invitation_used"
    detail = "Somebody joined by this invitation already."


class InvitationRevoked(Conflict):
    code = "invitation_revoked"
    detail = "This invitation was taken back."


class InvitationExpired(Conflict):
    code = "invitation_expired"
    detail = "This invitation has expired; ask for a new one."


class MailNotFound(NotFound):
    code = "mail_not_found"
    detail = "No mail that waits or is dead has this id."


class EmailUnusable(Conflict):
    code = "email_unusable"
    detail = "This address cannot be used; sign in if it is yours."


class NameTaken(Invalid):
    code = "name_taken"
    detail = "Somebody who moderates here is called so, or almost so: add something to your name."


class InvitingTooEarly(Forbidden):
    code = "inviting_too_early"
    detail = "You can invite once you have been here for seven days."


class InvitingStopped(Forbidden):
    code = "inviting_stopped"
    detail = "A moderator switched your inviting off."


class PlacesTaken(Conflict):
    code = "invitation_places_taken"
    detail = "All your places are taken; one comes back when an invitee is liked by others."


class RequestNotFound(NotFound):
    code = "invitation_request_not_found"
    detail = "There is no such request waiting."


class RequestClosed(Conflict):
    code = "invitation_request_closed"
    detail = "This request does not wait any more."


class SessionNotFound(NotFound):
    code = "session_not_found"
    detail = "You have no such session."


class LinkInvalid(NotFound):
    code = "link_invalid"
    detail = "This link is not valid, not valid any more, or was used."


class ModeratorsOnly(Forbidden):
    code = "moderators_only"
    detail = "Only moderators may do this."


class AdministratorsOnly(Forbidden):
    code = "administrators_only"
    detail = "Only administrators may do this."


class ActBeyondRole(Forbidden):
    code = "act_beyond_role"
    detail = "Moderators act on members; for others, ask an administrator."


class ActOnOneself(Forbidden):
    code = "act_on_oneself"
    detail = "This would act on yourself."


class ActWithoutEffect(Conflict):
    code = "act_without_effect"
    detail = "This would change nothing."


class LastAdministrator(Conflict):
    code = "last_administrator"
    detail = "You are the last administrator: give somebody else the role first."


class OrganisationNotFound(NotFound):
    code = "organisation_not_found"
    detail = "There is no such organisation."


class OrganisationTaken(Conflict):
    code = "organisation_taken"
    detail = "An organisation is registered by this name, or almost by it."


class OrganisationChanged(Conflict):
    code = "organisation_changed"
    detail = "The organisation was changed meanwhile; look at it again."


class OrganisationNotYours(Conflict):
    code = "organisation_not_yours"
    detail = "Your confirmed address is not at a domain of this organisation."


class DomainTaken(Conflict):
    code = "domain_taken"
    detail = "Another organisation has this domain."


class DomainShared(Invalid):
    code = "domain_shared"
    detail = "Anybody may have an address at this domain: it shows no organisation."


class TooManyTries(TooMany):
    code = "too_many_tries"
    detail = "That was tried too often; wait a while."


class PasswordWeak(Invalid):
    code = "password_weak"
    detail = "Others would guess this password."


class PortraitUnreadable(Invalid):
    code = "portrait_unreadable"
    detail = "This is no JPEG, PNG or WebP picture, or it is damaged."


class PortraitTooLarge(Invalid):
    code = "portrait_too_large"
    detail = "This picture has too many pixels."


class PortraitNotFound(NotFound):
    code = "portrait_not_found"
    detail = "There is no such portrait."


class _Unproven(ServiceError):
    """What was shown proves nobody."""

    status = 401


class CredentialsWrong(_Unproven):
    code = "credentials_wrong"
    detail = "The address or the password is wrong."


class PasswordWrong(Forbidden):
    code = "password_wrong"
    detail = "This is not your password."


class RefreshTokenInvalid(_Unproven):
    code = "refresh_token_invalid"
    detail = "This session is over; sign in again."


class RefreshTokenReused(_Unproven):
    code = "refresh_token_reused"
    detail = "This refresh token was used before, so its session was closed; sign in again."


class RefreshTokenRotated(Conflict):
    code = "refresh_token_rotated"
    detail = "This refresh token was exchanged a moment ago; use the one that it gave."


# What an invitation in each state but `open` answers to who wants to use or revoke it.
NOT_OPEN: dict[str, type[Conflict]] = {
    "used": InvitationUsed,
    "revoked": InvitationRevoked,
    "expired": InvitationExpired,
}
