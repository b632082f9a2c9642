"""Whether a service and its listeners agree on the rows that they share.

Each service counts its own rows and its replicas, and sums up their revisions; nobody calls
anybody. Totals are compared by Prometheus (deploy/observability), or by `reconcile --compare`
from what each service's `reconcile` printed a few times.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import metrics
from chassis.chores import Chore
from chassis.database import Database

COUNT_SECONDS = 300.0


@dataclass(frozen=True)
class Share:
    """Rows of `model` that `owner` tells and others keep, each with its `revision`.

    `where` is for what one side forgets; the other side then names the same rows. Revision 0
    stands for what was not told yet.
    """

    owner: str
    kind: str
    model: Any
    where: ColumnElement[bool] | InstrumentedAttribute[bool] | None = None


@dataclass(frozen=True)
class Total:
    """What a service had of a kind of row at a moment."""

    service: str
    owner: str
    kind: str
    rows: int
    revisions: int

    def to_line(self) -> str:
        """As `reconcile` prints it."""
        return json.dumps(asdict(self))


def count(session: Session, service: str, shares: Sequence[Share]) -> list[Total]:
    """The totals of a service, its own and its replicas'."""
    totals = []
    for share in shares:
        revision = share.model.revision
        chosen = [revision > 0] if share.where is None else [revision > 0, share.where]
        statement = select(func.count(), func.coalesce(func.sum(revision), 0)).where(*chosen)
        rows, revisions = session.execute(statement).one()
        totals.append(Total(service, share.owner, share.kind, rows, int(revisions)))
    return totals


def counting(service: str, shares: Sequence[Share]) -> Chore:
    """The chore that tells the totals as metrics."""
    return Chore("count shares", COUNT_SECONDS, _measure(service, shares))


def _measure(service: str, shares: Sequence[Share]) -> Callable[[Database, Any], bool]:
    def measure(database: Database, _: Any) -> bool:
        with database.transaction() as session:
            totals = count(session, service, shares)
        for total in totals:
            role = "owner" if total.owner == service else "replica"
            labels = (service, total.owner, total.kind, role)
            metrics.shared_rows.labels(*labels).set(total.rows)
            metrics.shared_revisions.labels(*labels).set(total.revisions)
        return False

    return measure


def read_lines(lines: Iterable[str]) -> list[Total]:
    """The totals among lines; what else a process said is passed over."""
    totals = []
    for line in lines:
        try:
            totals.append(Total(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return totals


def compare(totals: Iterable[Total]) -> tuple[int, list[str]]:
    """How many replicas were compared, and a sentence for each that differs from its owner.

    Of several totals of one service all count: what is on its way arrives between them, so
    only a replica that never reached what its owner had all the time lacks something.
    """
    seen: dict[tuple[str, str, str], list[Total]] = defaultdict(list)
    for total in totals:
        seen[total.owner, total.kind, total.service].append(total)
    replicas = {key: found for key, found in seen.items() if key[0] != key[2]}
    told = []
    for (owner, kind, _), found in sorted(replicas.items()):
        own = seen.get((owner, kind, owner))
        told += [_tell(own, found)] if own else [f"{owner} did not say how many {kind} there are."]
    return len(replicas), [sentence for sentence in told if sentence]


def _tell(own: Sequence[Total], kept: Sequence[Total]) -> str:
    one, other = own[-1], kept[-1]
    numbers = f"{other.rows} rows of {one.rows}, revisions {other.revisions} of {one.revisions}"
    if _is_below(own, kept):
        return (
            f"{other.service} has more of {one.owner}'s {one.kind} than {one.owner} ({numbers}):"
            f" rebuild {other.service}, then republish what it names."
        )
    if _is_below(kept, own):
        return (
            f"{other.service} lacks some of {one.owner}'s {one.kind} ({numbers}):"
            f" in {one.owner}, republish --to {other.service}."
        )
    return ""


def _is_below(some: Sequence[Total], others: Sequence[Total]) -> bool:
    """Whether the highest of some is below the lowest of others, in rows or in revisions."""
    return max(t.rows for t in some) < min(t.rows for t in others) or max(
        t.revisions for t in some
    ) < min(t.revisions for t in others)
