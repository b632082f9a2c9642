"""What benchmarks take and answer."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from chassis.fields import LineString, TextString
from chassis.schemas import AnswerSchema, AuthorSchema, RequestSchema, page_of
from services.projects.benchmarking import sheets, tables
from services.projects.benchmarking.tables import Alternative, Criterion

ID = validate.Regexp(rf"{tables.IS_ID.pattern}\Z")
MOST_VERSIONS = 2**31 - 1
VERSION = validate.Range(0, MOST_VERSIONS)
LOCALE = validate.OneOf(["fr", "en"])


class ValueField(fields.Raw):
    """A number, a text or a truth: whichever the criterion takes."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, str):
            return _TEXT.deserialize(value)
        if not isinstance(value, bool | int | float):
            raise ValidationError("A number, a text, or true or false.")
        return value


class OriginRequest(RequestSchema):
    """A version of a benchmark to begin with."""

    benchmark_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_VERSIONS))


class BenchmarkRequest(RequestSchema):
    """A benchmark to begin, empty, or as a copy."""

    title = LineString(6, 150, required=True)
    origin = fields.Nested(OriginRequest, data_key="from", load_default=None)


class CriterionRequest(RequestSchema):
    """What to compare by; `id` is one's own choice, and stays from version to version."""

    id = fields.String(required=True, validate=ID)
    name = LineString(1, tables.LONGEST_NAME, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tables.KINDS))
    unit = LineString(0, tables.LONGEST_UNIT, load_default="")

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> Criterion:
        return Criterion(**data)


class AlternativeRequest(RequestSchema):
    """One of those to compare."""

    id = fields.String(required=True, validate=ID)
    name = LineString(1, tables.LONGEST_NAME, required=True)

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> Alternative:
        return Alternative(**data)


class CellRequest(RequestSchema):
    """A value; without `as_of`, of today."""

    alternative = fields.String(required=True, validate=ID)
    criterion = fields.String(required=True, validate=ID)
    value = ValueField(required=True)
    source = LineString(0, tables.LONGEST_SOURCE, load_default="")
    as_of = fields.Date(load_default=None)


class VersionRequest(RequestSchema):
    """All of a table, after the version that it was made from."""

    base_version = fields.Integer(required=True, strict=True, validate=VERSION)
    criteria = fields.List(
        fields.Nested(CriterionRequest),
        required=True,
        validate=validate.Length(1, tables.MOST_CRITERIA),
    )
    alternatives = fields.List(
        fields.Nested(AlternativeRequest),
        required=True,
        validate=validate.Length(1, tables.MOST_ALTERNATIVES),
    )
    cells = fields.List(
        fields.Nested(CellRequest),
        load_default=list,
        validate=validate.Length(max=tables.MOST_CELLS),
    )


class TableArguments(RequestSchema):
    """`?version=&format=&locale=`: the latest, as JSON, in English."""

    version = fields.Integer(load_default=None, validate=VERSION)
    format = fields.String(
        load_default="json", validate=validate.OneOf(["json", "csv", "markdown"])
    )
    locale = fields.String(load_default="en", validate=LOCALE)


class ChangesArguments(RequestSchema):
    """`?from=&to=`: to the latest."""

    from_version = fields.Integer(data_key="from", required=True, validate=VERSION)
    to_version = fields.Integer(data_key="to", load_default=None, validate=VERSION)


class ImportArguments(RequestSchema):
    """How to read a file, where that is not found out, and what its new values go by."""

    dry_run = fields.Boolean(load_default=False)
    base_version = fields.Integer(load_default=None, validate=VERSION)
    separator = fields.String(load_default=None, validate=validate.OneOf(list(sheets.SEPARATORS)))
    decimal = fields.String(load_default=None, validate=validate.OneOf(["comma", "point"]))
    encoding = fields.String(load_default=None, validate=validate.OneOf(sheets.ENCODINGS))
    source = LineString(0, tables.LONGEST_SOURCE, load_default="")
    as_of = fields.Date(load_default=None)


class OriginSchema(AnswerSchema):
    project_id = fields.UUID(required=True)
    benchmark_id = fields.UUID(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)


class BenchmarkSchema(AnswerSchema):
    """A benchmark without its table; `version` is the latest, 0 before the first.

    `origin` is what it is a copy of, for who may see that.
    """

    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    title = fields.String(required=True)
    lang = fields.String(required=True)
    version = fields.Integer(required=True)
    origin = fields.Nested(OriginSchema, required=True, allow_none=True)
    is_followed = fields.Boolean(required=True)
    follower_count = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


class CriterionSchema(AnswerSchema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    unit = fields.String(required=True)


class AlternativeSchema(AnswerSchema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class CellSchema(AnswerSchema):
    """A value: a number, a text, or true or false; old after a year."""

    alternative = fields.String(required=True)
    criterion = fields.String(required=True)
    value = fields.Raw(required=True)
    source = fields.String(required=True)
    as_of = fields.Date(required=True)
    is_old = fields.Boolean(required=True)


class TableSchema(AnswerSchema):
    """A version of a benchmark; version 0 is empty."""

    benchmark = fields.Nested(BenchmarkSchema, required=True)
    version = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    criteria = fields.List(fields.Nested(CriterionSchema), required=True)
    alternatives = fields.List(fields.Nested(AlternativeSchema), required=True)
    cells = fields.List(fields.Nested(CellSchema), required=True)


class BenchmarkFollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    benchmark_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)


class VersionSchema(AnswerSchema):
    version = fields.Integer(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    alternative_count = fields.Integer(required=True)
    criterion_count = fields.Integer(required=True)
    cell_count = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)


class PublishedSchema(AnswerSchema):
    """The number of the version that was published."""

    benchmark_id = fields.UUID(required=True)
    version = fields.Integer(required=True)


class CriterionChangeSchema(AnswerSchema):
    before = fields.Nested(CriterionSchema, required=True, allow_none=True)
    after = fields.Nested(CriterionSchema, required=True, allow_none=True)


class AlternativeChangeSchema(AnswerSchema):
    before = fields.Nested(AlternativeSchema, required=True, allow_none=True)
    after = fields.Nested(AlternativeSchema, required=True, allow_none=True)


class CellChangeSchema(AnswerSchema):
    alternative = fields.String(required=True)
    criterion = fields.String(required=True)
    before = fields.Nested(CellSchema, required=True, allow_none=True)
    after = fields.Nested(CellSchema, required=True, allow_none=True)


class ChangesSchema(AnswerSchema):
    """What changed, by id; of the cells, `cell_count` in all, the first thousand."""

    from_version = fields.Integer(required=True, data_key="from")
    to_version = fields.Integer(required=True, data_key="to")
    criteria = fields.List(fields.Nested(CriterionChangeSchema), required=True)
    alternatives = fields.List(fields.Nested(AlternativeChangeSchema), required=True)
    cells = fields.List(fields.Nested(CellChangeSchema), required=True)
    cell_count = fields.Integer(required=True)


class FileProblemSchema(AnswerSchema):
    line = fields.Integer(required=True)
    column = fields.String(required=True)
    code = fields.String(required=True)
    value = fields.String(required=True)


class ImportedColumnSchema(AnswerSchema):
    name = fields.String(required=True)
    kind = fields.String(required=True)
    unit = fields.String(required=True)
    is_new = fields.Boolean(required=True)


class ImportSchema(AnswerSchema):
    """What was understood of a file, its first rows, and what cannot be read.

    `version` is the one that was published; null of a dry run. `changed_count` is of values.
    """

    encoding = fields.String(required=True)
    separator = fields.String(required=True)
    decimal = fields.String(required=True)
    columns = fields.List(fields.Nested(ImportedColumnSchema), required=True)
    first_rows = fields.List(fields.List(fields.String()), required=True)
    alternative_count = fields.Integer(required=True)
    cell_count = fields.Integer(required=True)
    changed_count = fields.Integer(required=True)
    removed_count = fields.Integer(required=True)
    problems = fields.List(fields.Nested(FileProblemSchema), required=True)
    base_version = fields.Integer(required=True)
    version = fields.Integer(required=True, allow_none=True)


_TEXT = TextString(1, tables.LONGEST_VALUE)
BenchmarkPageSchema = page_of(BenchmarkSchema)
VersionPageSchema = page_of(VersionSchema)
