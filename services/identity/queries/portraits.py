"""Reading portraits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.errors import PortraitNotFound
from services.identity.models import Portrait


def get_portrait(session: Session, *, key: str) -> bytes:
    """The picture of a key, a WebP; raises PortraitNotFound."""
    image = session.scalar(select(Portrait.image).where(Portrait.key == key))
    if image is None:
        raise PortraitNotFound
    return image
