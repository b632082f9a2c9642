"""What can go wrong in discussion."""

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class PostNotFound(NotFound):
    code = "post_not_found"
    detail = "There is no such post."


class QuestionNotFound(NotFound):
    code = "question_not_found"
    detail = "There is no such question."


class KeywordInvalid(Invalid):
    code = "keyword_invalid"
    detail = "A keyword needs at least one letter or digit."


class ShareNotFound(NotFound):
    code = "share_not_found"
    detail = "There is no such share."


class OwnPost(Forbidden):
    code = "own_post"
    detail = "One's own post is liked by others."


class NotTheAuthor(Forbidden):
    code = "not_the_author"
    detail = "Only who wrote this may change it."


class NotTheAsker(Forbidden):
    code = "not_the_asker"
    detail = "Only who asked may accept an answer."


class PostedTwice(Conflict):
    code = "posted_twice"
    detail = "You published the very same a moment ago."


class PostsTooFast(TooMany):
    code = "posts_too_fast"
    detail = "You published very much in a short time; wait a while."


class LikesTooFast(TooMany):
    code = "likes_too_fast"
    detail = "You gave as many likes as one may in a day; go on tomorrow."


class AddressInvalid(Invalid):
    code = "address_invalid"
    detail = "A text may name by @ whom you follow or who follows you, as they are called."


class KeywordNotFound(NotFound):
    code = "keyword_not_found"
    detail = "There is no such keyword."


class ModeratorsOnly(Forbidden):
    code = "moderators_only"
    detail = "Only moderators may do this."


class MergeImpossible(Conflict):
    code = "merge_impossible"
    detail = "These keywords cannot be merged, or taken apart, as they stand."


class KeywordMoved(Exception):
    """The slug is an alias of another keyword's, `slug`."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class SearchInvalid(Invalid):
    code = "search_invalid"
    detail = "This search cannot be read."


class MemberUnreachable(Conflict):
    code = "member_unreachable"
    detail = "This member cannot be asked to answer this question."


class AskedEnough(TooMany):
    code = "member_asked_enough"
    detail = "This member was asked often enough this week."


class OwnReport(Conflict):
    code = "own_report"
    detail = "Nobody reports themselves; a post of one's own can be taken away."


class ReportsTooMany(TooMany):
    code = "reports_too_many"
    detail = "You told the moderators of very much today; go on tomorrow."


class ReportNotFound(NotFound):
    code = "report_not_found"
    detail = "There is no such report."


class ReportAnswered(Conflict):
    code = "report_answered"
    detail = "This report was answered before."


class AsksTooMany(Conflict):
    code = "asks_too_many"
    detail = "As many people as may be were asked to answer this question."


class LinkNotAllowed(Invalid):
    code = "link_not_allowed"
    detail = "Only a watch carries a link."
