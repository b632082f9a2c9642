"""The table of names in CONTRIBUTING, thing by thing."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table

from chassis.errors import ServiceError
from chassis.service import Service
from chassis.tables import MECHANISMS
from contracts import EVENTS
from standalone.services import SERVICES
from tests.architecture.sources import code, modules_of, operations, service_names

# Words that begin no action's name: it would not say what is done.
NOUNS = {"data", "event", "helper", "item", "manager", "member", "post", "row", "state", "util"}
QUERIES = ("get", "find", "list", "require")
# name: why it is called or shaped otherwise.
ODD_ACTIONS = {
    "services.identity.actions.sessions.check_password": "no connection waits while it hashes",
    "services.identity.actions.credentials.require_password": "the same",
    "services.skills.actions.catalogue.read_catalogue": "reads the file that the code brings",
    "services.notifications.actions.objects.build_row": "an event as a row, for those that keep it",
    "services.projects.actions.sealing.sweep": "a VACUUM is outside of any transaction",
}
ODD_QUERIES: dict[str, str] = {
    "services.discussion.queries.views.shown": "makes a select, for several lists",
    "services.discussion.queries.views.in_order": "the same",
    "services.discussion.queries.tagged.newest_under": "the same",
    "services.discussion.queries.posts.keyword_meant_by": "the same",
    "services.skills.queries.evidence.lines": "makes a select, for a list and the export",
    "services.skills.queries.evidence.of_member": "the same",
    "services.skills.queries.experts.find_related": "the closest few, with how close they are",
    "services.discussion.queries.search.read_search": "reads what is typed",
    "services.projects.queries.views.shown": "makes a select, for one and for lists",
    "services.projects.queries.views.person_of": "makes a view of a part of a row",
    "services.projects.queries.views.find_person": "the same",
}
# No participles: nothing happened, and that is what is told.
ODD_EVENTS = {"opinion.outcome_due", "project.idle"}
ODD_TABLES = {"credentials", "evidence", "catalogue_version", "outbox", "inbox"}
# In discussion an allowance; in projects one of the states in which nobody is asked to help.
# What a request was made from is outdated: 412 where `If-Match` says so, 409 where the body does.
TWO_STATUSES = {"member_asked_enough", "version_outdated"}
KINDS = {"ServiceError", *(kind.__name__ for kind in ServiceError.__subclasses__())}
SINGLE = re.compile(r"[a-z]+(_[a-z]+)*")


def test_every_service_with_a_folder_is_composed() -> None:
    assert sorted(service.name for service in SERVICES) == service_names()


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_a_noun_and_what_happened_to_it(name: str) -> None:
    kind = EVENTS[name]
    noun, _, happened = name.partition(".")
    last = happened.rpartition("_")[2]

    assert SINGLE.fullmatch(noun) and SINGLE.fullmatch(happened)
    # `left` and `hidden` are participles as well; what can be seen is that it is no command.
    assert not last.endswith(("ing", "e", "y")) or name in ODD_EVENTS
    assert last != noun
    assert kind.__name__ == "".join(part.capitalize() for part in re.split(r"[._]", name))
    assert kind.__module__.split(".")[:2] == ["contracts", kind.source]
    assert kind.source in service_names()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_handler_says_when_and_what_it_does(service: Service) -> None:
    for handler in service.handlers.all:
        words = handler.name.split("_")
        assert words[0] == "when" and len(words) >= 4, handler.name
        if len(handler.kinds) == 1:
            heard = handler.kinds[0].type.replace(".", "_")
            assert handler.name.startswith(f"when_{heard}_"), handler.name


def test_an_action_is_a_verb_with_the_session_first_and_the_rest_by_name() -> None:
    """A batch (of events, of keys) that a set-based action is for may follow the session."""
    odd = {name for name, function in _public("services/*/actions/*") if not _is_action(function)}

    assert odd == set(ODD_ACTIONS)


def test_a_query_says_how_much_it_returns() -> None:
    odd = {name for name, f in _public("services/*/queries*") if not _is_query(f)}

    assert odd == set(ODD_QUERIES)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_view_is_an_http_verb_and_a_noun(service: Service) -> None:
    app = service.create_app(service.settings(database_url="postgresql://nobody@localhost/none"))
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            verb, _, noun = rule.endpoint.rpartition(".")[2].partition("_")
            methods = {m.lower() for m in rule.methods or ()} - {"head", "options"}
            assert verb in methods or (verb == "list" and methods == {"get"}), rule
            assert noun, rule


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_view_that_pages_is_a_list_and_no_other_is(service: Service) -> None:
    app = service.create_app(service.settings(database_url="postgresql://nobody@localhost/none"))
    paging = {
        re.sub(r"[{<].*?[>}]", "*", path)
        for (method, path), operation in operations(service).items()
        if any(parameter.get("name") == "cursor" for parameter in operation.get("parameters", []))
        and method == "GET"
    }
    lists = {
        re.sub(r"<.*?>", "*", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.rpartition(".")[2].startswith("list_")
    }

    assert paging == lists


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_path_is_made_of_plain_words(service: Service) -> None:
    for _, path in operations(service):
        for part in path.removeprefix("/api/v1/").split("/"):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*|\{[a-z_]+\}", part), path


def test_an_error_code_is_a_noun_and_its_problem() -> None:
    for error in _errors():
        if error.__module__ == "chassis.errors" or error.__name__.startswith("_"):
            continue
        assert "code" in vars(error), f"{error.__name__} has no code of its own"
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", error.code), error.code


def test_one_code_means_one_thing() -> None:
    """A service may name again what another names, with the same status."""
    meant: dict[str, int] = {}
    owners: set[tuple[str, str]] = set()
    for error in _errors():
        if error.__name__.startswith("_"):
            continue
        owner = (error.code, ".".join(error.__module__.split(".")[:2]))
        is_same = meant.setdefault(error.code, error.status) == error.status
        assert is_same or error.code in TWO_STATUSES, error.code
        assert owner not in owners or error.code in TWO_STATUSES, owner
        owners.add(owner)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_table_is_a_plural_and_a_replica_has_a_revision(service: Service) -> None:
    for name, table in service.metadata.tables.items():
        assert SINGLE.fullmatch(name) and (name.endswith("s") or name in ODD_TABLES), name
        if name.endswith("_refs"):
            assert isinstance(table.c.revision.type, Integer) and not table.c.revision.nullable


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_service_has_the_tables_of_the_mechanism(service: Service) -> None:
    assert {table.name for table in MECHANISMS} <= set(service.metadata.tables)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_column_s_name_tells_its_type(service: Service) -> None:
    odd = {str(column) for table in service.metadata.tables.values() for column in _odd(table)}

    assert not odd


def _odd(table: Table) -> Iterator[Column[object]]:
    for column in table.columns:
        is_moment, is_boolean = isinstance(column.type, DateTime), isinstance(column.type, Boolean)
        is_zoned = is_moment and column.type.timezone
        if (
            SINGLE.fullmatch(column.name) is None
            or column.name.endswith("_at") != bool(is_zoned)
            or is_moment != bool(is_zoned)
            or column.name.startswith("is_") != is_boolean
            or (
                column.name.endswith("_count") and not isinstance(column.type, Integer | BigInteger)
            )
            or (column.foreign_keys and not column.name.endswith("_id"))
        ):
            yield column


def _public(pattern: str) -> Iterator[tuple[str, Callable[..., object]]]:
    """Each public function that the modules of a pattern define."""
    for source in modules_of(pattern):
        module = importlib.import_module(source.name)
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{source.name}.{node.name}", getattr(module, node.name)


def _is_action(function: Callable[..., object]) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    named = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    first, *others = [p for p in parameters if p not in named] or [None]
    batches = re.compile(r"(collections\.abc\.)?(Sequence|Collection|Iterable)\[")
    return (
        function.__name__.split("_")[0] not in NOUNS
        and first is not None
        and first.name == "session"
        and len(others) <= 1
        and all(batches.match(str(other.annotation)) for other in others)
    )


def _is_query(function: Callable[..., object]) -> bool:
    """`get_` never answers None, `find_` may, `list_` answers several."""
    signature = inspect.signature(function)
    prefix, told = function.__name__.split("_")[0], str(signature.return_annotation)
    if prefix not in QUERIES or next(iter(signature.parameters), "") != "session":
        return False
    if prefix == "list":
        return "Page" in told or bool(re.search(r"(list|dict|Sequence)\[", told))
    return {"get": "None" not in told, "find": "None" in told, "require": True}[prefix]


def _errors() -> Iterator[type[ServiceError]]:
    """Every named failure, by the module that defines it."""
    for source in code():
        bases = {
            base.id
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ClassDef)
            for base in node.bases
            if isinstance(base, ast.Name)
        }
        if bases & KINDS:
            found = vars(importlib.import_module(source.name)).values()
            own = [value for value in found if getattr(value, "__module__", "") == source.name]
            yield from (v for v in own if isinstance(v, type) and issubclass(v, ServiceError))
