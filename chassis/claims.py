"""What an access token says of the person who carries it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Claims:
    """Checked claims; times are in Unix seconds."""

    id: UUID
    session_id: UUID
    role: str
    name: str
    headline: str
    expires_at: float
    is_leaving: bool = False  # good for taking one's data and leaving, and for nothing else
    proved_at: float = 0.0  # when the password was last given in this session
