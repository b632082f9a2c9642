"""What can go wrong in skills."""

from chassis.errors import Conflict, NotFound


class SkillNotFound(NotFound):
    code = "skill_not_found"
    detail = "There is no such skill."


class TermTaken(Conflict):
    code = "term_taken"
    detail = "Another skill has this label or alias already."
