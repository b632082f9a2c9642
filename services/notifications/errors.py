"""What can go wrong in notifications."""

from chassis.errors import NotFound


class NoticeNotFound(NotFound):
    code = "notice_not_found"
    detail = "There is no such notice."
