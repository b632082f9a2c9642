"""What can go wrong in identity."""

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError


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


class EmailUnusable(Conflict):
    code = "email_unusable"
    detail = "This address cannot be used; sign in if it is yours."


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


class RefreshTokenInvalid(_Unproven):
    code = "refresh_token_invalid"
    detail = "This session is over; sign in again."


class RefreshTokenReused(_Unproven):
    code = "refresh_token_reused"
    detail = "This refresh token was used before, so its session was closed; sign in again."


# What an invitation in each state but `open` answers to who wants to use or revoke it.
NOT_OPEN: dict[str, type[Conflict]] = {
    "used": InvitationUsed,
    "revoked": InvitationRevoked,
    "expired": InvitationExpired,
}
