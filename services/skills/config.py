"""The settings of skills."""

from dataclasses import dataclass
from uuid import UUID

from chassis.settings import ServiceSettings, SettingsError


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What skills reads beyond the others; only the worker's nights use it."""

    # Ids of the members from whom trust flows, with commas: ten to twenty of all kinds. Without
    # them it is the first twenty whom somebody likes, fixed when trust begins.
    founders: str = ""

    def __post_init__(self) -> None:
        try:
            _ = self.founder_ids
        except ValueError:
            mistake = "SKILLER_FOUNDERS: expected ids of members, with commas between them"
            raise SettingsError([mistake]) from None

    @property
    def founder_ids(self) -> list[UUID]:
        """The founders, if any are named."""
        return [UUID(one.strip()) for one in self.founders.split(",") if one.strip()]
