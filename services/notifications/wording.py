"""What notices say, in French and in English; French knows nobody's gender."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notifications import rules

LOCALES = ("fr", "en")
NO_BREAK, NARROW = "\u00a0", "\u202f"
_SPACED = (
    (" :", f"{NO_BREAK}:"),
    (" ?", f"{NARROW}?"),
    ("« ", f"«{NO_BREAK}"),
    (" »", f"{NO_BREAK}»"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice is said of; `title` is the object's, `project` that of its project."""

    kind: str
    part: str
    names: Sequence[str]  # of who did it, three at most
    count: int  # of all who did it
    title: str
    project: str
    skill: str = ""  # for which one is asked, as its holder's language calls it


def text_of(facts: Facts, locale: str) -> str:
    """What happened, in one sentence."""
    forms = _TEXTS[_variant(facts)][locale]
    form = forms if isinstance(forms, str) else forms[facts.count > 1]
    return _filled(form, facts, locale)


def reason_of(facts: Facts, locale: str) -> str:
    """Why one is told."""
    return _filled(_REASONS[facts.kind][locale], facts, locale)


def _variant(facts: Facts) -> str:
    """Of what was answered, how and to whom: an invitation by its member, an offer by its project.

    Of what moderators took away, what it was.
    """
    if facts.kind in _BY_PART:
        return f"{facts.kind}_{facts.part}"
    if facts.kind != rules.HELP_ANSWERED:
        return facts.kind
    return f"{'invitation' if facts.count else 'offer'}_{facts.part}"


def _filled(form: str, facts: Facts, locale: str) -> str:
    if locale == "fr":
        # Of our own words alone: people's are never touched.
        for plain, spaced in _SPACED:
            form = form.replace(plain, spaced)
    return form.format(
        names=_joined(facts, locale),
        title=facts.title,
        project=facts.project,
        level=facts.part,
        skill=facts.skill,
    )


def _joined(facts: Facts, locale: str) -> str:
    """A; A and B; A, B and C; A, B and 12 others."""
    others = facts.count - 2
    shown = list(facts.names)
    if facts.count > len(facts.names) or facts.count > 3:
        word = {"fr": ("autre", "autres"), "en": ("other", "others")}[locale][others > 1]
        shown = [*facts.names[:2], f"{others} {word}"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {'et' if locale == 'fr' else 'and'} {shown[-1]}"


_BY_PART = (rules.CONTEST_ANSWERED, rules.POST_MODERATED)
Form = str | tuple[str, str]  # of one, and of several
_TEXTS: Mapping[str, Mapping[str, Form]] = {
    rules.QUESTION: {"fr": "{names} demande : {title}", "en": "{names} asks: {title}"},
    rules.REQUEST: {
        "fr": "{names} vous demande de répondre : {title}",
        "en": "{names} asks you to answer: {title}",
    },
    rules.ANSWER: {
        "fr": ("{names} a répondu : {title}", "{names} ont répondu : {title}"),
        "en": "{names} answered: {title}",
    },
    rules.ACCEPTED: {
        "fr": "{names} a retenu votre réponse : {title}",
        "en": "{names} accepted your answer: {title}",
    },
    rules.LIKE: {
        "fr": (
            "{names} aime ce que vous avez écrit : {title}",
            "{names} aiment ce que vous avez écrit : {title}",
        ),
        "en": (
            "{names} likes what you wrote: {title}",
            "{names} like what you wrote: {title}",
        ),
    },
    rules.NAMED: {"fr": "{names} vous nomme : {title}", "en": "{names} names you: {title}"},
    rules.FOLLOWER: {"fr": "{names} vous suit", "en": "{names} follows you"},
    rules.INVITEE_JOINED: {"fr": "{names} a rejoint Skiller", "en": "{names} joined Skiller"},
    rules.INVITEE_POSTED: {
        "fr": "{names} a écrit pour la première fois",
        "en": "{names} wrote for the first time",
    },
    rules.SKILL: {
        "fr": "{title} : niveau {level} sur 5",
        "en": "{title}: level {level} of 5",
    },
    rules.THANKS: {"fr": "{names} vous remercie : {title}", "en": "{names} thanks you: {title}"},
    rules.MODERATED: {
        "fr": "La modération a agi dans « {project} »",
        "en": "Moderators acted in “{project}”",
    },
    "contest_answered_kept": {
        "fr": "{title} : la modération garde la preuve que vous contestez",
        "en": "{title}: moderators keep the proof that you contest",
    },
    "contest_answered_taken_out": {
        "fr": "{title} : ce que vous contestez ne compte plus",
        "en": "{title}: what you contest counts no more",
    },
    rules.REPORT_ANSWERED: {
        "fr": "La modération a répondu à votre signalement",
        "en": "Moderators answered your report",
    },
    "post_moderated_question": {
        "fr": "La modération a retiré une de vos questions",
        "en": "Moderators removed a question of yours",
    },
    "post_moderated_answer": {
        "fr": "La modération a retiré une de vos réponses",
        "en": "Moderators removed an answer of yours",
    },
    "post_moderated_share": {
        "fr": "La modération a retiré un de vos partages",
        "en": "Moderators removed a share of yours",
    },
    rules.INVITATION_REQUEST: {
        "fr": "Une demande d’invitation : {title}",
        "en": "Somebody asks for an invitation: {title}",
    },
    rules.IDLE: {
        "fr": "Plus rien ne se passe dans « {project} » : le projet continue-t-il ?",
        "en": "Nothing happens in “{project}” any more: does it go on?",
    },
    rules.OUTCOME_DUE: {
        "fr": "« {project} » : que faites-vous des avis reçus ? {title}",
        "en": "“{project}”: what came of the opinions? {title}",
    },
    rules.ASK: {
        "fr": "Vous savez peut-être : {title}",
        "en": "You may know: {title}",
    },
    rules.UNANSWERED: {
        "fr": "Une question attend une réponse : {title}",
        "en": "A question waits for an answer: {title}",
    },
    rules.ADVICE: {
        "fr": "Pas encore de réponse à « {title} » : une précision, un exemple ou un autre "
        "mot-clé aident souvent",
        "en": "No answer yet to “{title}”: a detail, an example or another keyword often helps",
    },
    rules.HELP_ASKED: {
        "fr": "{names} vous demande de l’aide dans « {project} »",
        "en": "{names} asks you to help in “{project}”",
    },
    rules.OWNERSHIP_OFFERED: {
        "fr": "{names} vous propose de porter « {project} »",
        "en": "{names} asks you to carry “{project}”",
    },
    rules.HELP_OFFERED: {
        "fr": "{names} propose son aide dans « {project} »",
        "en": "{names} offers help in “{project}”",
    },
    "invitation_accepted": {
        "fr": "{names} accepte d’aider dans « {project} »",
        "en": "{names} will help in “{project}”",
    },
    "invitation_declined": {
        "fr": "{names} ne peut pas aider dans « {project} »",
        "en": "{names} cannot help in “{project}”",
    },
    "offer_accepted": {
        "fr": "« {project} » accepte votre aide",
        "en": "“{project}” accepts your help",
    },
    "offer_declined": {
        "fr": "« {project} » vous remercie, sans suite cette fois",
        "en": "“{project}” thanks you, and goes on without help this time",
    },
    rules.UPDATE: {
        "fr": "Du nouveau dans « {project} » : {title}",
        "en": "News of “{project}”: {title}",
    },
    rules.CALL: {
        "fr": "« {project} » cherche de l’aide : {title}",
        "en": "“{project}” looks for help: {title}",
    },
    rules.ROUND: {
        "fr": "« {project} » demande des avis : {title}",
        "en": "“{project}” asks for opinions: {title}",
    },
    rules.ROUND_ENDS: {
        "fr": "« {project} » : plus qu’un jour pour donner votre avis : {title}",
        "en": "“{project}”: a day is left to give your opinion: {title}",
    },
    rules.REMOVED: {
        "fr": "{names} met fin à votre participation à « {project} »",
        "en": "{names} removed you from “{project}”",
    },
    rules.OUTCOME: {
        "fr": "« {project} » dit ce qui a été fait de vos avis : {title}",
        "en": "“{project}” says what came of the opinions: {title}",
    },
    rules.BENCHMARK: {
        "fr": "« {project} » publie une version : {title}",
        "en": "“{project}” published a version: {title}",
    },
}
_PROJECT = {"fr": "Vous suivez ou construisez ce projet.", "en": "You follow or build it."}
_INVITED = {"fr": "Votre invitation.", "en": "You invited them."}
_REASONS: Mapping[str, Mapping[str, str]] = {
    rules.QUESTION: {"fr": "Vous suivez {names}.", "en": "You follow {names}."},
    rules.REQUEST: {"fr": "{names} a pensé à vous.", "en": "{names} thought of you."},
    rules.ANSWER: {"fr": "C’est votre question.", "en": "It is your question."},
    rules.ACCEPTED: {"fr": "C’est votre réponse.", "en": "It is your answer."},
    rules.LIKE: {"fr": "C’est votre message.", "en": "It is your post."},
    rules.NAMED: {"fr": "Votre nom y figure.", "en": "Your name is in it."},
    rules.FOLLOWER: {"fr": "Vos messages l’intéressent.", "en": "They read what you write."},
    rules.INVITEE_JOINED: _INVITED,
    rules.INVITEE_POSTED: _INVITED,
    rules.SKILL: {
        "fr": "Le fruit des j’aime que vos messages reçoivent.",
        "en": "It comes of the likes that your posts receive.",
    },
    rules.THANKS: {"fr": "Votre aide a compté.", "en": "Your help counted."},
    rules.REMOVED: {"fr": "Cela vous concerne.", "en": "It concerns you."},
    rules.MODERATED: {"fr": "Cela vous concerne.", "en": "It concerns you."},
    rules.POST_MODERATED: {"fr": "Cela vous concerne.", "en": "It concerns you."},
    rules.CONTEST_ANSWERED: {"fr": "Vous avez contesté cette preuve.", "en": "You contested it."},
    rules.REPORT_ANSWERED: {
        "fr": "Vous avez prévenu la modération.",
        "en": "You told the moderators.",
    },
    rules.INVITATION_REQUEST: {
        "fr": "Vous suivez un de ces mots-clés.",
        "en": "You follow one of these keywords.",
    },
    rules.ASK: {"fr": "Vous connaissez {skill}.", "en": "You know {skill}."},
    rules.UNANSWERED: {
        "fr": "Vous suivez un de ses mots-clés.",
        "en": "You follow one of its keywords.",
    },
    rules.ADVICE: {"fr": "C’est votre question.", "en": "It is your question."},
    rules.IDLE: {"fr": "Vous portez ce projet.", "en": "You carry this project."},
    rules.OUTCOME_DUE: {"fr": "Vous avez demandé ces avis.", "en": "You asked for them."},
    rules.HELP_ASKED: {"fr": "On a pensé à vous.", "en": "They thought of you."},
    rules.OWNERSHIP_OFFERED: {"fr": "On a pensé à vous.", "en": "They thought of you."},
    rules.HELP_OFFERED: {"fr": "Vous portez ce projet.", "en": "You carry this project."},
    rules.HELP_ANSWERED: {"fr": "Une réponse vous attendait.", "en": "You waited for it."},
    **dict.fromkeys(rules.OF_FOLLOWED_PROJECTS, _PROJECT),
}
