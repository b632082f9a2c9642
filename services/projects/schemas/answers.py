"""What projects answers."""

from marshmallow import fields

from chassis.schemas import AnswerSchema, AuthorSchema, page_of


class KeywordSchema(AnswerSchema):
    slug = fields.String(required=True)
    label = fields.String(required=True)


class ProjectSchema(AnswerSchema):
    """A project; in lists, `description` and `learned` are empty.

    `role` is the caller's in it: `owner`, `contributor`, or null. A change names the `revision`.
    """

    id = fields.UUID(required=True)
    owner = fields.Nested(AuthorSchema, required=True, allow_none=True)
    title = fields.String(required=True)
    pitch = fields.String(required=True)
    description = fields.String(required=True)
    description_html = fields.String(required=True)
    lang = fields.String(required=True)
    stage = fields.String(required=True)
    visibility = fields.String(required=True)
    keywords = fields.List(fields.Nested(KeywordSchema), required=True)
    learned = fields.String(required=True)
    learned_html = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    is_followed = fields.Boolean(required=True)
    is_asleep = fields.Boolean(required=True)
    follower_count = fields.Integer(required=True)
    contributor_count = fields.Integer(required=True)
    open_call_count = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class ProjectFollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    project_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)


class BelongingSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    role = fields.String(required=True)
    joined_at = fields.AwareDateTime(required=True)


class ProjectChangeSchema(AnswerSchema):
    """`created`, `edited`, `closed`, `reopened` or `owner`; `before` is what was there, by name."""

    revision = fields.Integer(required=True)
    actor = fields.Nested(AuthorSchema, required=True, allow_none=True)
    kind = fields.String(required=True)
    before = fields.Dict(keys=fields.String(), required=True)
    changed_at = fields.AwareDateTime(required=True)


class CallSchema(AnswerSchema):
    """A call for help; its skills are slugs, of which the catalogue need not know all."""

    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    title = fields.String(required=True)
    details = fields.String(required=True)
    details_html = fields.String(required=True)
    lang = fields.String(required=True)
    skills = fields.List(fields.String(), required=True)
    hours = fields.Integer(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True)
    state = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


class HeldSchema(AnswerSchema):
    slug = fields.String(required=True)
    label_en = fields.String(required=True)
    label_fr = fields.String(required=True)
    level = fields.Integer(required=True)


class HelperReasonSchema(AnswerSchema):
    """`followed` by the owner, or `skills`: how many of the call's they have."""

    kind = fields.String(required=True)
    count = fields.Integer(required=True, allow_none=True)


class HelperSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    attributions = fields.List(fields.Nested(HeldSchema), required=True)
    reasons = fields.List(fields.Nested(HelperReasonSchema), required=True)


class HelperListSchema(AnswerSchema):
    items = fields.List(fields.Nested(HelperSchema), required=True)


class ProjectRefSchema(AnswerSchema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    pitch = fields.String(required=True)
    stage = fields.String(required=True)


class HelpInvitationSchema(AnswerSchema):
    """An invitation to help; `answer` is the member's word."""

    id = fields.UUID(required=True)
    project = fields.Nested(ProjectRefSchema, required=True)
    call_id = fields.UUID(required=True, allow_none=True)
    inviter = fields.Nested(AuthorSchema, required=True)
    member = fields.Nested(AuthorSchema, required=True)
    role = fields.String(required=True, data_key="as")
    word = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class OfferSchema(AnswerSchema):
    """An offer of help; `answer` is the project's word."""

    id = fields.UUID(required=True)
    call_id = fields.UUID(required=True)
    member = fields.Nested(AuthorSchema, required=True)
    word = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True)
    offered_at = fields.AwareDateTime(required=True)


class UpdateSchema(AnswerSchema):
    """News of a project; in a feed, `body` and `body_html` are empty."""

    id = fields.UUID(required=True)
    project = fields.Nested(ProjectRefSchema, required=True)
    author = fields.Nested(AuthorSchema, required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    body_html = fields.String(required=True)
    excerpt = fields.String(required=True)
    lang = fields.String(required=True)
    like_count = fields.Integer(required=True)
    liked_by_me = fields.Boolean(required=True)
    published_at = fields.AwareDateTime(required=True)
    edited_at = fields.AwareDateTime(required=True, allow_none=True)


class UpdateLikeSchema(AnswerSchema):
    """The state of the pair after the request."""

    update_id = fields.UUID(required=True)
    is_liked = fields.Boolean(required=True)


class ThanksSchema(AnswerSchema):
    call_id = fields.UUID(required=True)
    member = fields.Nested(AuthorSchema, required=True)
    skills = fields.List(fields.String(), required=True)
    word = fields.String(required=True)
    thanked_at = fields.AwareDateTime(required=True)


class ThankedSchema(AnswerSchema):
    call_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    thanked_at = fields.AwareDateTime(required=True)


ProjectPageSchema = page_of(ProjectSchema)
BelongingPageSchema = page_of(BelongingSchema)
ProjectChangePageSchema = page_of(ProjectChangeSchema)
CallPageSchema = page_of(CallSchema)
HelpInvitationPageSchema = page_of(HelpInvitationSchema)
OfferPageSchema = page_of(OfferSchema)
UpdatePageSchema = page_of(UpdateSchema)
ThanksPageSchema = page_of(ThanksSchema)
