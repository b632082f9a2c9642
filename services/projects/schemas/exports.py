"""A member's own data in projects."""

from marshmallow import fields

from chassis.schemas import AnswerSchema


class OwnedSchema(AnswerSchema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    pitch = fields.String(required=True)
    description = fields.String(required=True)
    stage = fields.String(required=True)
    visibility = fields.String(required=True)
    keywords = fields.List(fields.String(), required=True, attribute="keyword_labels")
    learned = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class BelongingExportSchema(AnswerSchema):
    """What one builds or built; `word` is why the owner removed one."""

    project_id = fields.UUID(required=True)
    role = fields.String(required=True)
    is_in = fields.Boolean(required=True)
    word = fields.String(required=True)
    joined_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


class FollowExportSchema(AnswerSchema):
    project_id = fields.UUID(required=True)
    changed_at = fields.AwareDateTime(required=True)


class CallExportSchema(AnswerSchema):
    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    title = fields.String(required=True)
    details = fields.String(required=True)
    skills = fields.List(fields.String(), required=True)
    hours = fields.Integer(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True)
    state = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)


class HelpInvitationExportSchema(AnswerSchema):
    """What one was asked or asked others."""

    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    call_id = fields.UUID(required=True, allow_none=True)
    inviter_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    role = fields.String(required=True, data_key="as")
    word = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True)
    is_never = fields.Boolean(required=True)
    asked_at = fields.AwareDateTime(required=True)


class OfferExportSchema(AnswerSchema):
    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    call_id = fields.UUID(required=True)
    word = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True)
    offered_at = fields.AwareDateTime(required=True)


class UpdateExportSchema(AnswerSchema):
    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    published_at = fields.AwareDateTime(required=True)


class LikeExportSchema(AnswerSchema):
    update_id = fields.UUID(required=True)
    liked_at = fields.AwareDateTime(required=True)


class ThanksExportSchema(AnswerSchema):
    call_id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    owner_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    skills = fields.List(fields.String(), required=True)
    word = fields.String(required=True)
    thanked_at = fields.AwareDateTime(required=True)


class RoundExportSchema(AnswerSchema):
    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    title = fields.String(required=True)
    concept = fields.String(required=True)
    questions = fields.List(fields.Dict(keys=fields.String()), required=True)
    is_anonymous = fields.Boolean(required=True)
    opens_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True)


class NamedAnswerExportSchema(AnswerSchema):
    """What one answered with one's name, to one question."""

    round_id = fields.UUID(required=True)
    question = fields.Integer(required=True)
    choices = fields.List(fields.Integer(), required=True)
    text = fields.String(required=True)


class BenchmarkExportSchema(AnswerSchema):
    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    title = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class VersionExportSchema(AnswerSchema):
    """That one published a version; what is in it is its project's, by `/projects`."""

    benchmark_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)


class BenchmarkFollowExportSchema(AnswerSchema):
    benchmark_id = fields.UUID(required=True)
    changed_at = fields.AwareDateTime(required=True)


class ProjectReportExportSchema(AnswerSchema):
    """What one told the moderators, and what they answered."""

    project_id = fields.UUID(required=True)
    object_type = fields.String(required=True)
    object_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    word = fields.String(required=True)
    reported_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)


class ProjectActExportSchema(AnswerSchema):
    """What moderators did to what one wrote or owns."""

    project_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    object_type = fields.String(required=True)
    object_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    acted_at = fields.AwareDateTime(required=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)


class ExportSchema(AnswerSchema):
    """What projects keeps of a member."""

    projects = fields.List(fields.Nested(OwnedSchema), required=True)
    belongings = fields.List(fields.Nested(BelongingExportSchema), required=True)
    followed = fields.List(fields.Nested(FollowExportSchema), required=True)
    calls = fields.List(fields.Nested(CallExportSchema), required=True)
    invitations = fields.List(fields.Nested(HelpInvitationExportSchema), required=True)
    offers = fields.List(fields.Nested(OfferExportSchema), required=True)
    updates = fields.List(fields.Nested(UpdateExportSchema), required=True)
    likes = fields.List(fields.Nested(LikeExportSchema), required=True)
    thanks = fields.List(fields.Nested(ThanksExportSchema), required=True)
    rounds = fields.List(fields.Nested(RoundExportSchema), required=True)
    answers = fields.List(fields.Nested(NamedAnswerExportSchema), required=True)
    benchmarks = fields.List(fields.Nested(BenchmarkExportSchema), required=True)
    versions = fields.List(fields.Nested(VersionExportSchema), required=True)
    followed_benchmarks = fields.List(fields.Nested(BenchmarkFollowExportSchema), required=True)
    reports = fields.List(fields.Nested(ProjectReportExportSchema), required=True)
    acts = fields.List(fields.Nested(ProjectActExportSchema), required=True)
