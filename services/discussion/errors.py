"""What can go wrong in discussion."""

from chassis.errors import Invalid, NotFound


class PostNotFound(NotFound):
    code = "post_not_found"
    detail = "There is no such post."


class QuestionNotFound(NotFound):
    code = "question_not_found"
    detail = "There is no such question."


class KeywordInvalid(Invalid):
    code = "keyword_invalid"
    detail = "A keyword needs at least one letter or digit."
