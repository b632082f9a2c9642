"""What can go wrong in skills."""

from chassis.errors import Conflict, NotFound


class AttributionNotFound(NotFound):
    code = "attribution_not_found"
    detail = "No like proves this skill of this member."


class QuestionNotFound(NotFound):
    code = "question_not_found"
    detail = "There is no such question."


class SkillMoved(Exception):
    """The slug is a keyword's for the skill of another one, `slug`."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class SkillNotFound(NotFound):
    code = "skill_not_found"
    detail = "There is no such skill."


class TermTaken(Conflict):
    code = "term_taken"
    detail = "Another skill has this label or alias already."
