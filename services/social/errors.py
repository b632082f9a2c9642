"""What can go wrong in social."""

from chassis.errors import Invalid, NotFound


class KeywordNotFound(NotFound):
    code = "keyword_not_found"
    detail = "There is no such keyword."


class FollowingOneself(Invalid):
    code = "follow_oneself"
    detail = "You cannot follow yourself."
