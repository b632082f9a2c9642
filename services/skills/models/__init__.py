"""Tables of skills: the catalogue, what was heard, and what follows from it."""

from services.skills.models.acts import CandidateAnswer, CatalogueAct
from services.skills.models.base import Base, BlockRef, FollowRef, MemberRef
from services.skills.models.catalogue import (
    CatalogueVersion,
    EscoConcept,
    Skill,
    SkillAlias,
    SkillPair,
    SkillTerm,
    UnknownKeyword,
)
from services.skills.models.discounts import Contest, Discount, DiscountedMember, SkillAlarm
from services.skills.models.evidence import (
    THANKS,
    AcceptRef,
    Attribution,
    Contribution,
    DueLiker,
    Fortnight,
    LateVoice,
    LikeRef,
    Mention,
    PostRef,
    PostVoice,
    Supporter,
    Understanding,
)
from services.skills.models.growth import SkillGrowth
from services.skills.models.organisations import OrganisationMap, OrganisationSkill
from services.skills.models.trust import DuePost, Night, Standing

__all__ = [
    "THANKS",
    "AcceptRef",
    "Attribution",
    "Base",
    "BlockRef",
    "CandidateAnswer",
    "CatalogueAct",
    "CatalogueVersion",
    "Contest",
    "Contribution",
    "Discount",
    "DiscountedMember",
    "DueLiker",
    "DuePost",
    "EscoConcept",
    "FollowRef",
    "Fortnight",
    "LateVoice",
    "LikeRef",
    "MemberRef",
    "Mention",
    "Night",
    "OrganisationMap",
    "OrganisationSkill",
    "PostRef",
    "PostVoice",
    "Skill",
    "SkillAlarm",
    "SkillAlias",
    "SkillGrowth",
    "SkillPair",
    "SkillTerm",
    "Standing",
    "Supporter",
    "Understanding",
    "UnknownKeyword",
]
