"""What discussion takes of posts."""

import re
from typing import Any

from marshmallow import fields, validate

from chassis.fields import LineString, TextString
from chassis.languages import LANGUAGES
from chassis.schemas import PageArguments, RequestSchema
from chassis.texts import is_line
from services.discussion.rules import LONGEST_SLUG, MOST_KEYWORDS

LONGEST_BODY = 20_000
LONGEST_LINK = 2_000
_LINK = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)
AUDIENCES = ("members", "followers", "followers-only")
FORMS = ("experience", "watch")
VIEWS = ("whole", "card")


class LinkString(fields.String):
    """An address of a page, as it is shown: http or https, a host, nothing invisible."""

    default_error_messages = {"link": "Not an address that begins with http:// or https://."}

    def _deserialize(self, *args: Any, **more: Any) -> Any:
        link = super()._deserialize(*args, **more).strip()
        if len(link) > LONGEST_LINK or not is_line(link) or not _LINK.fullmatch(link):
            raise self.make_error("link")
        return link


class LabelString(LineString):
    """A keyword, as its author writes it."""

    has_emoji = False


class ListedRequest(RequestSchema):
    """What a question and a share have in common."""

    title = LineString(6, 150, required=True)
    body = TextString(1, LONGEST_BODY, required=True)
    keywords = fields.List(
        LabelString(1, 50), load_default=list, validate=validate.Length(max=MOST_KEYWORDS)
    )
    audience = fields.String(load_default="members", validate=validate.OneOf(AUDIENCES))
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class QuestionRequest(ListedRequest):
    """A question to ask."""


class ShareRequest(ListedRequest):
    """An experience, or a watch with a link that nobody fetches here."""

    form = fields.String(required=True, validate=validate.OneOf(FORMS))
    link = LinkString(load_default=None)


class PostChanges(RequestSchema):
    """What its author may change of any post."""

    body = TextString(1, LONGEST_BODY)
    lang = fields.String(validate=validate.OneOf(LANGUAGES))


class QuestionChanges(PostChanges):
    """The audience stays: others have seen it, and answered."""

    title = LineString(6, 150)
    keywords = fields.List(LabelString(1, 50), validate=validate.Length(max=MOST_KEYWORDS))


class ShareChanges(QuestionChanges):
    form = fields.String(validate=validate.OneOf(FORMS))
    link = LinkString(allow_none=True)


class AnswerRequest(RequestSchema):
    """An answer to give."""

    body = TextString(1, LONGEST_BODY, required=True)
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class PreviewRequest(RequestSchema):
    """Markdown to look at before it is published."""

    body = TextString(1, LONGEST_BODY, required=True)


class ListArguments(PageArguments):
    """`?view=card`: with the excerpt alone, `body` and `body_html` are empty."""

    view = fields.String(load_default="whole", validate=validate.OneOf(VIEWS))


class QuestionFilters(ListArguments):
    """`?keyword=` (its slug or a spelling) and `?author=` (a member's id)."""

    keyword = fields.String(load_default=None, validate=validate.Length(1, LONGEST_SLUG))
    author = fields.UUID(load_default=None)


class PostFilters(ListArguments):
    """`?author=` and `?kind=`: what a member wrote of one kind."""

    author = fields.UUID(required=True)
    kind = fields.String(
        load_default="answer", validate=validate.OneOf(["question", "answer", "share"])
    )


class AnswerFilters(ListArguments):
    """`?sort=oldest|best`, and `?from=` the answer with which the page begins."""

    sort = fields.String(load_default="oldest", validate=validate.OneOf(["oldest", "best"]))
    first = fields.UUID(load_default=None, data_key="from")


class AskRequest(RequestSchema):
    """Whom to ask."""

    member_id = fields.UUID(required=True)


class SearchFilters(PageArguments):
    """`?q=`: words and filters."""

    q = fields.String(required=True, validate=validate.Length(1, 200))
