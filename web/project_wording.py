"""What codes and names of projects mean to people, and how their values are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from web.api.models import Person
from web.api.opinion_models import Alternative, Cell, Changes, Criterion, Round, Table
from web.api.project_models import HelpInvitation, Project
from web.api.project_moderation import ProjectAct
from web.i18n import _, exact, short_day
from web.i18n import counted as ngettext

Say = Callable[[], str]
Named = Criterion | Alternative


@dataclass(frozen=True)
class CellLine:
    """A value that is another, as people read it; empty where there was or is none."""

    alternative: str
    criterion: str
    before: str
    after: str


REFUSALS: Mapping[str, Say] = {
    "project_not_found": lambda: _("This project is not there any more, or not for you."),
    "project_closed": lambda: _("This project is closed."),
    "project_asleep": lambda: _("Nothing was done in this project for long: wake it first."),
    "project_full": lambda: _("As many people as one can build this project already."),
    "reopening_too_late": lambda: _("It was closed too long ago to be opened again."),
    "learned_missing": lambda: _("Say what was learned: that is what closing is for."),
    "closed_by_moderators": lambda: _("Moderators closed it: only they allow to open it again."),
    "act_not_found": lambda: _("Moderators did no such thing in this project."),
    "act_final": lambda: _("Another owner can hand it over; moderators do not take that back."),
    "owner_present": lambda: _(
        "The owner is here: only one who is suspended or silent for 90 days is replaced."
    ),
    "opinion_text_not_found": lambda: _("These words are not there any more."),
    "owner_only": lambda: _("Only the owner of the project can do this."),
    "owner_must_stay": lambda: _("A project has an owner: hand it over, or close it."),
    "contributors_only": lambda: _("Only those who build this project can do this."),
    "contributor_not_found": lambda: _("This member does not help here."),
    "version_outdated": lambda: _("Somebody changed this meanwhile: look at it again."),
    "call_not_found": lambda: _("This project has no such call."),
    "call_over": lambda: _("This call is not open any more."),
    "call_unanswered": lambda: _("Thanks are for a call that was answered."),
    "calls_too_many": lambda: _("Ten calls are open: answer or withdraw one."),
    "own_call": lambda: _("Who builds a project need not offer to."),
    "help_invitation_not_found": lambda: _("There is no such invitation to help."),
    "invitation_over": lambda: _("This invitation does not wait any more."),
    "invitation_waits": lambda: _("This member has your invitation, and has not answered yet."),
    "helper_impossible": lambda: _("This member cannot be asked to help in this."),
    "helper_declined": lambda: _("This member did not want to help here: leave it at that."),
    "help_invitations_too_fast": lambda: _("This project has invited as many as it can today."),
    "projects_too_fast": lambda: _("You have begun many projects today."),
    "offers_too_fast": lambda: _("You have offered help often today."),
    "updates_too_fast": lambda: _("You have told much news today."),
    "offer_not_found": lambda: _("There is no such offer of help."),
    "offer_over": lambda: _("This offer does not wait any more."),
    "offered_already": lambda: _("You have offered your help for this already."),
    "own_update": lambda: _("These are your own news."),
    "update_not_found": lambda: _("These news are not there any more."),
    "thanked_already": lambda: _("You have thanked this member for this call already."),
    "thanks_for_oneself": lambda: _("Nobody thanks themselves."),
    "benchmark_not_found": lambda: _("This benchmark is not there any more, or not for you."),
    "benchmark_version_not_found": lambda: _("This benchmark has no such version."),
    "benchmarks_too_many": lambda: _("This project has as many benchmarks as it can."),
    "versions_too_fast": lambda: _("This project has published as many versions as it can today."),
    "table_invalid": lambda: _("The parts of this table do not fit together."),
    "csv_invalid": lambda: _("Some of this file cannot be read: see the lines below."),
    "csv_empty": lambda: _("Nothing stands in this file."),
    "csv_encoding_unclear": lambda: _("Say in which encoding this file is written."),
    "csv_separator_unclear": lambda: _("Say what stands between the columns of this file."),
    "csv_ragged": lambda: _("Some lines have more or fewer columns than the others."),
    "number_ambiguous": lambda: _("Say which sign stands before the decimals."),
    "too_many_columns": lambda: _("A table has 50 criteria at most."),
    "too_many_rows": lambda: _("A table has 500 alternatives at most."),
    "too_many_cells": lambda: _("A table has 10,000 values at most."),
    "round_not_found": lambda: _("This round is not there any more."),
    "round_closed": lambda: _("This round is over: it takes no answer any more."),
    "round_not_open": lambda: _("This round is not open yet."),
    "round_still_open": lambda: _("What came of a round is said once it is over."),
    "round_withdrawn": lambda: _("This round was withdrawn: it has no results."),
    "round_frozen": lambda: _("This round is open: only its end can still be moved."),
    "round_repeated": lambda: _(
        "The same was asked without names lately: the difference would tell who said what."
    ),
    "rounds_too_many": lambda: _("Another round is going on: let it end first."),
    "rounds_too_fast": lambda: _("This project has asked as often as it can today."),
    "round_times_invalid": lambda: _(
        "A round opens within 90 days, and is open for one day at least and 90 at most."
    ),
    "round_question_not_found": lambda: _("Nothing is shown of this question."),
    "audience_too_small": lambda: _("Fewer than five would be asked: with names it can be done."),
    "audience_not_allowed": lambda: _("A project of the invited asks its own people."),
    "results_must_wait": lambda: _("Without names, results are shown after the end."),
    "results_not_ready": lambda: _("The results are not there yet."),
    "results_after_answer": lambda: _("Before the end, the results are for those who answered."),
    "already_answered": lambda: _("Your answer is in."),
    "answer_invalid": lambda: _("This does not answer the questions: look at them again."),
    "not_in_audience": lambda: _("This round asks others, or those who were there at its start."),
    "own_round": lambda: _("Who asks without names does not answer, nor does the owner."),
}


def stage(name: str) -> str:
    """How far a project is."""
    return _in(_STAGES, name)


def stages_to_choose() -> Sequence[tuple[str, str]]:
    """All but the last, which closing leads to."""
    return [(name, say()) for name, say in _STAGES.items() if name != "closed"]


def role(name: str) -> str:
    """As what somebody builds a project."""
    return _in({"owner": lambda: _("carries it"), "contributor": lambda: _("contributes")}, name)


def change(kind: str) -> str:
    """What was done to a project."""
    kinds: Mapping[str, Say] = {
        "created": lambda: _("Begun"),
        "edited": lambda: _("Changed"),
        "closed": lambda: _("Closed"),
        "reopened": lambda: _("Opened again"),
        "owner": lambda: _("Handed over"),
    }
    return _in(kinds, kind)


def thing(kind: str) -> str:
    """What of a project is meant."""
    return _in(_OBJECTS, kind)


def act(one: ProjectAct) -> str:
    """What moderators did."""
    if one.kind == "hide":
        return _("Hidden: %(what)s", what=_in(_OBJECTS, one.object.type))
    return _in(_ACTS, one.kind)


def acts_to_choose(meant: str, heirs: Sequence[Person]) -> Sequence[tuple[str, str]]:
    """What can be done to a project, or to something of it."""
    hides = [("hide", _("Hide: %(what)s", what=_in(_OBJECTS, meant)))] if meant != "project" else []
    replaces = [("replace_owner", _("Give it another owner"))] if heirs else []
    return [*hides, ("close", _("Close the project")), *replaces]


def call_state(name: str) -> str:
    """Whether a call still looks for help."""
    states: Mapping[str, Say] = {
        "open": lambda: _("Open"),
        "answered": lambda: _("Answered"),
        "withdrawn": lambda: _("Withdrawn"),
    }
    return _in(states, name)


def invitation_state(one: HelpInvitation) -> str:
    """What became of an invitation."""
    return _in(_ANSWERS, one.state)


def offer_state(name: str) -> str:
    """What became of an offer."""
    return _in(_ANSWERS, name)


def round_state(one: Round) -> str:
    """Whether a round takes answers, and until when."""
    if one.state == "planned":
        return _("Opens on %(day)s", day=short_day(one.opens_at))
    if one.state == "open":
        return _("Open until %(day)s", day=short_day(one.closes_at))
    if one.state == "withdrawn":
        return _("Withdrawn")
    return _("Closed on %(day)s", day=short_day(one.closes_at))


def audience(name: str) -> str:
    """Whom a round asks."""
    return _in(_AUDIENCES, name)


def audiences_to_choose(*, has_members: bool) -> Sequence[tuple[str, str]]:
    """All, or those of a project of the invited."""
    return [(n, say()) for n, say in _AUDIENCES.items() if has_members or n != "members"]


def question_kinds() -> Sequence[tuple[str, str]]:
    """What one may ask for."""
    return (
        ("choice", _("a choice among options")),
        ("scale", _("a mark from 1 to 5")),
        ("text", _("words")),
    )


def step(number: int) -> str:
    """A step of a scale: its ends are named."""
    ends = {1: _("1, not at all"), 5: _("5, very much")}
    return ends.get(number, str(number))


def value(cell: Cell, criterion: Criterion) -> str:
    """What stands in a cell, as people read it."""
    if isinstance(cell.value, bool):
        return _("yes") if cell.value else _("no")
    if criterion.kind == "note":
        return _("%(mark)s of 5", mark=exact(cell.value))
    return exact(cell.value) if criterion.kind == "number" else str(cell.value)


def people_to_choose(people: Sequence[Person]) -> Sequence[tuple[str, str]]:
    """People by name."""
    return [(one.id, one.name) for one in people]


def projects_to_choose(projects: Sequence[Project]) -> Sequence[tuple[str, str]]:
    """Projects that are open, by title."""
    return [(one.id, one.title) for one in projects if not one.is_closed]


def days_to_choose(days: Sequence[int]) -> Sequence[tuple[str, str]]:
    """How long a round may be open."""
    return [(str(one), ngettext("%(num)d day", "%(num)d days", one)) for one in days]


def separators() -> Sequence[tuple[str, str]]:
    """What may stand between the columns of a file."""
    return (
        ("", _("as it seems")),
        ("semicolon", _("a semicolon")),
        ("comma", _("a comma")),
        ("tab", _("a tab")),
    )


def decimals() -> Sequence[tuple[str, str]]:
    """What may stand before decimals."""
    return ("", _("as it seems")), ("comma", _("a comma")), ("point", _("a point"))


def encodings() -> Sequence[tuple[str, str]]:
    """How a file may be written."""
    names = ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("windows-1252", "Windows-1252")
    return ("", _("as it seems")), *names


def part_change(before: Named | None, after: Named | None, what: str) -> str:
    """What became of a criterion or an alternative."""
    if before is None and after is not None:
        return _("%(what)s %(name)s: new", what=what, name=after.name)
    if after is None and before is not None:
        return _("%(what)s %(name)s: taken out", what=what, name=before.name)
    assert before is not None and after is not None
    return _("%(what)s %(name)s: now %(now)s", what=what, name=before.name, now=after.name)


def cell_changes(changes: Changes, table: Table) -> Sequence[CellLine]:
    """The values that are others, as people read them: by the names of the latest version."""
    criteria = {one.id: one for one in table.criteria}
    criteria |= {one.before.id: one.before for one in changes.criteria if one.before}
    names = {one.id: one.name for one in table.alternatives}
    names |= {one.before.id: one.before.name for one in changes.alternatives if one.before}
    lines = []
    for one in changes.cells:
        before, after = (_shown(cell, criteria) for cell in (one.before, one.after))
        if before != after:
            known = criteria.get(one.criterion)
            called = known.name if known else one.criterion
            lines.append(CellLine(names.get(one.alternative, ""), called, before, after))
    return lines


def column_kind(kind: str) -> str:
    """What the values of a column are."""
    kinds: Mapping[str, Say] = {
        "number": lambda: _("numbers"),
        "text": lambda: _("texts"),
        "boolean": lambda: _("yes or no"),
        "note": lambda: _("marks from 1 to 5"),
    }
    return _in(kinds, kind)


def problem(code: str) -> str:
    """Why a cell of a file cannot be read."""
    problems: Mapping[str, Say] = {
        "not_a_number": lambda: _("not a number"),
        "not_a_boolean": lambda: _("neither yes nor no"),
        "not_a_note": lambda: _("not a mark from 1 to 5"),
        "text_invalid": lambda: _("too long, or not to be shown"),
        "name_doubled": lambda: _("this name stands there twice: add an id column"),
        "name_invalid": lambda: _("no name"),
        "id_unknown": lambda: _("this id is not known"),
        "heading_doubled": lambda: _("two columns have this name"),
        "heading_invalid": lambda: _("a column without a name"),
    }
    return _in(problems, code)


def _shown(cell: Cell | None, criteria: Mapping[str, Criterion]) -> str:
    if cell is None:
        return ""
    known = criteria.get(cell.criterion)
    return value(cell, known) if known else str(cell.value)


def _in(names: Mapping[str, Say], name: str) -> str:
    say = names.get(name)
    return say() if say is not None else ""


_STAGES: Mapping[str, Say] = {
    "idea": lambda: _("Idea"),
    "concept": lambda: _("Concept"),
    "test": lambda: _("On trial"),
    "launched": lambda: _("Launched"),
    "closed": lambda: _("Closed"),
}
_ANSWERS: Mapping[str, Say] = {
    "pending": lambda: _("waits for an answer"),
    "later": lambda: _("will answer later"),
    "accepted": lambda: _("accepted"),
    "declined": lambda: _("declined"),
    "withdrawn": lambda: _("withdrawn"),
}
_AUDIENCES: Mapping[str, Say] = {
    "contributors": lambda: _("Who builds the project"),
    "followers": lambda: _("Who builds or follows it"),
    "members": lambda: _("All members"),
}
_OBJECTS: Mapping[str, Say] = {
    "project": lambda: _("The project"),
    "update": lambda: _("News"),
    "call": lambda: _("A call for help"),
    "round": lambda: _("A round of opinions"),
    "benchmark": lambda: _("A benchmark"),
    "text": lambda: _("Words of an answer"),
}
_ACTS: Mapping[str, Say] = {
    "close": lambda: _("Closed"),
    "replace_owner": lambda: _("Another owner"),
}
