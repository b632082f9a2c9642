"""Counts the keywords of copied posts as if each post had used them by the actions, in turn.

The same words come again and again: of each group of posts every keyword is read and written once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.copying import copy_rows
from services.discussion.actions.keywords import count_followers
from services.discussion.models import Keyword, KeywordSpelling


@dataclass(frozen=True)
class Use:
    """A post's keywords, as it spells each, by slug; `fresh` are ids for those that are new."""

    post_id: UUID
    at: datetime
    labels: Mapping[str, str]
    fresh: Mapping[str, UUID]


@dataclass
class _Known:
    """A keyword as it stands after the latest post: `spellings` are counts and first moments."""

    id: UUID
    label: str
    created_at: datetime
    post_count: int = 0
    revision: int = 1
    is_label_fixed: bool = False
    spellings: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def count(self, written: str, at: datetime) -> None:
        """One more post, whose spelling may become the label."""
        self.post_count += 1
        count, first = self.spellings.get(written, (0, at))
        self.spellings[written] = count + 1, first
        most_used = min(self.spellings, key=self._rank)
        if most_used != self.label and not self.is_label_fixed:
            self.label, self.revision = most_used, self.revision + 1

    def _rank(self, written: str) -> tuple[int, datetime]:
        count, first = self.spellings[written]
        return -count, first


def use_keywords(session: Session, uses: Sequence[Use]) -> None:
    """Give posts that are there their keywords, in this order, making the new ones."""
    slugs = {slug for use in uses for slug in use.labels}
    known = _read(session, slugs)
    new = []
    for use in uses:
        for slug, label in use.labels.items():
            if slug not in known:
                known[slug] = _Known(use.fresh[slug], label, use.at)
                new.append(slug)
            known[slug].count(label, use.at)
    _write(session, known)
    count_followers(session, new)
    copy_rows(
        session,
        "post_keywords",
        (
            {
                "post_id": use.post_id,
                "keyword_id": known[slug].id,
                "position": position,
                "written": label,
            }
            for use in uses
            for position, (slug, label) in enumerate(use.labels.items())
        ),
    )


def _read(session: Session, slugs: set[str]) -> dict[str, _Known]:
    """Those that are there, locked in the order of slugs, as everybody locks them."""
    named = select(Keyword).where(Keyword.slug.in_(slugs)).order_by(Keyword.slug)
    rows = session.scalars(named.with_for_update()).all()
    known = {
        row.slug: _Known(
            row.id, row.label, row.created_at, row.post_count, row.revision, row.is_label_fixed
        )
        for row in rows
    }
    by_id = {one.id: one for one in known.values()}
    for one in session.scalars(
        select(KeywordSpelling).where(KeywordSpelling.keyword_id.in_(by_id))
    ):
        by_id[one.keyword_id].spellings[one.written] = one.use_count, one.first_used_at
    return known


def _write(session: Session, known: Mapping[str, _Known]) -> None:
    if not known:
        return
    rows = [
        {
            "id": one.id,
            "slug": slug,
            "label": one.label,
            "post_count": one.post_count,
            "revision": one.revision,
            "created_at": one.created_at,
        }
        for slug, one in sorted(known.items())
    ]
    _upsert(session, Keyword, rows, ["id"], ["label", "post_count", "revision"])
    spelt = [
        {"keyword_id": one.id, "written": written, "use_count": count, "first_used_at": first}
        for _, one in sorted(known.items())
        for written, (count, first) in one.spellings.items()
    ]
    _upsert(session, KeywordSpelling, spelt, ["keyword_id", "written"], ["use_count"])


def _upsert(
    session: Session,
    model: Any,
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    changed: Sequence[str],
) -> None:
    new = insert(model).values(list(rows))
    values = {name: new.excluded[name] for name in changed}
    session.execute(new.on_conflict_do_update(index_elements=list(key), set_=values))
