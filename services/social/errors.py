"""What can go wrong in social."""

from chassis.errors import Conflict, Invalid, NotFound, TooMany


class KeywordNotFound(NotFound):
    code = "keyword_not_found"
    detail = "There is no such keyword."


class FollowingOneself(Invalid):
    code = "follow_oneself"
    detail = "You cannot follow yourself."


class BlockingOneself(Invalid):
    code = "block_oneself"
    detail = "You cannot block yourself."


class FollowsTooMany(Conflict):
    code = "follows_too_many"
    detail = "You follow as many as anybody can; stop following somebody first."


class FollowsTooFast(TooMany):
    code = "follows_too_fast"
    detail = "You began to follow very many today; go on tomorrow."
