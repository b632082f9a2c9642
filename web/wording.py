"""What the API's codes mean to people: sentences for refusals, rules of fields, names of levels."""

from collections.abc import Callable, Mapping, Sequence

from web import notice_wording, project_wording
from web.api.models import EvidencePost, Reason
from web.errors import Problem
from web.i18n import _, ngettext

Say = Callable[[], str]


def sentence(problem: Problem, retry_after: int | None = None) -> str:
    """Why something was not done, and what to do about it."""
    if problem.status == 429:
        return f"{_by_code(problem)} {_wait(retry_after)}".strip()
    return _by_code(problem)


def _by_code(problem: Problem) -> str:
    say = REFUSALS.get(problem.code)
    if say is not None:
        return say()
    if problem.status == 422:
        return _("Please look at the marked fields.")
    if problem.status in (502, 503, 504):
        return _("Skiller does not answer at the moment. Your text is kept: try again in a minute.")
    if problem.status == 429:
        return _("That was very often in a short time.")
    return _("Skiller could not do this.")


def _wait(seconds: int | None) -> str:
    if not seconds:
        return _("Wait a little.")
    minutes = -(-seconds // 60)
    if minutes < 60:
        return ngettext("Try again in a minute.", "Try again in %(num)s minutes.", minutes)
    return ngettext("Try again in an hour.", "Try again in %(num)s hours.", -(-minutes // 60))


def rule(field: str) -> str:
    """What a field wants, in the visitor's language."""
    say = RULES.get(field)
    return say() if say is not None else _("This is not valid.")


REFUSALS: Mapping[str, Say] = {
    "credentials_wrong": lambda: _("No member has this address with this password."),
    "too_many_tries": lambda: _("There were many tries with this address."),
    "time_zone_unknown": lambda: _("Nobody knows this time zone: choose one of the list."),
    "preferences_invalid": lambda: _("Notices cannot be told in this way."),
    "push_off": lambda: _("Nothing is pushed here."),
    "endpoint_refused": lambda: _("This browser receives by a service that is not known here."),
    "push_keys_invalid": lambda: _("This browser says nothing by which it could be told."),
    "push_subscription_not_found": lambda: _("This device is told nothing any more."),
    "push_subscriptions_too_many": lambda: _("Ten devices are told already: switch one off first."),
    "unsubscription_invalid": lambda: _("This link is not, or no more, good for anything."),
    "member_suspended": lambda: _(
        "This account is suspended. You can still take your data and leave: write to the "
        "moderators."
    ),
    "password_wrong": lambda: _("This is not your password."),
    "password_weak": lambda: _("This password is easily guessed: take a longer or a rarer one."),
    "password_needed": lambda: _("Give your password once more: it was asked a while ago."),
    "email_unusable": lambda: _("This address cannot be used."),
    "address_invalid": lambda: _(
        "By @ a text names whom you follow, or who follows you, exactly as they are called."
    ),
    "name_taken": lambda: _(
        "Somebody who moderates here is called so, or almost so: add something to your name."
    ),
    "invitation_used": lambda: _("This invitation was used already. Is it yours? Then sign in."),
    "invitation_expired": lambda: _(
        "This invitation has expired: ask who invited you for another."
    ),
    "invitation_revoked": lambda: _("This invitation was taken back: ask who invited you."),
    "invitation_not_found": lambda: _("There is no such invitation: is the link complete?"),
    "invitation_places_taken": lambda: _(
        "All your places are taken: one comes back when who you invited is at home here."
    ),
    "invitation_request_closed": lambda: _("Somebody has taken care of this request already."),
    "invitation_request_not_found": lambda: _("This request is not there any more."),
    "inviting_too_early": lambda: _("You can invite once you have been here for a while."),
    "inviting_stopped": lambda: _("A moderator has stopped your invitations."),
    "posted_twice": lambda: _("You have just posted the same words."),
    "idempotency_key_reused": lambda: _("This was sent before, with other words."),
    "posts_too_fast": lambda: _("You have posted much today."),
    "likes_too_fast": lambda: _("You have liked much today."),
    "follows_too_fast": lambda: _("You have followed many people today."),
    "follows_too_many": lambda: _("You follow as many people as one can."),
    "asks_too_many": lambda: _("You have asked as many people as one can about one question."),
    "reports_too_many": lambda: _("You have reported much today."),
    "own_post": lambda: _("This is your own post."),
    "notice_not_found": lambda: _("This notice is not there any more."),
    "notice_no_ask": lambda: _("This notice asks nothing of you for the sake of a skill."),
    "ladder_not_found": lambda: _("Nobody is asked to answer this question."),
    "own_project": lambda: _("Who builds a project does not moderate it."),
    "own_report": lambda: _("This is about yourself."),
    "not_the_author": lambda: _("Only its author can do this."),
    "not_the_asker": lambda: _("Only who asked can accept an answer."),
    "member_asked_enough": lambda: _("This member was asked often lately: leave them some time."),
    "member_unreachable": lambda: _("This member cannot be asked."),
    "member_not_found": lambda: _("There is no such member, or not for you."),
    "post_not_found": lambda: _("This post is not there any more, or not for you."),
    "question_not_found": lambda: _("This question is not there any more, or not for you."),
    "share_not_found": lambda: _("This share is not there any more, or not for you."),
    "keyword_not_found": lambda: _("Nobody has used this keyword yet."),
    "keyword_invalid": lambda: _("A keyword needs at least one letter or digit."),
    "skill_not_found": lambda: _("The catalogue has no such skill."),
    "attribution_not_found": lambda: _("Nothing proves this skill of this member, or not for you."),
    "link_invalid": lambda: _("This link was used before, or is too old: ask for a new one."),
    "link_not_allowed": lambda: _("Only what you share from elsewhere carries a link."),
    "portrait_unreadable": lambda: _("This file is no picture that Skiller can read."),
    "portrait_too_large": lambda: _("This picture is too large: at most 5 MB."),
    "body_too_large": lambda: _("This is more than Skiller takes at once."),
    "search_invalid": lambda: _("This search cannot be read: look at its filters."),
    "nothing_to_show": lambda: _("Of these words a reader would see nothing."),
    "text_hidden": lambda: _("These words hold letters that cannot be seen: type them again."),
    "follow_oneself": lambda: _("You cannot follow yourself."),
    "block_oneself": lambda: _("You cannot block yourself."),
    "last_administrator": lambda: _("You are the last administrator: name another one first."),
    "session_not_found": lambda: _("This session has ended already."),
    "moderators_only": lambda: _("This is for moderators."),
    "administrators_only": lambda: _("This is for administrators."),
    "report_answered": lambda: _("Somebody has answered this report already."),
    "contest_answered": lambda: _("Somebody has answered this already."),
    "alarm_answered": lambda: _("Somebody has answered this alarm already."),
    "candidate_answered": lambda: _("Somebody has answered this keyword already."),
    "report_not_found": lambda: _("This report is not there, or is not for you to answer."),
    "contest_not_found": lambda: _("This is not there, or is not for you to answer."),
    "contests_too_many": lambda: _("You have contested much today."),
    "alarm_not_found": lambda: _("This alarm is not there, or is not for you to answer."),
    "discount_not_found": lambda: _("This was put back already."),
    "own_discount": lambda: _("What concerns you is for another moderator to decide."),
    "line_not_found": lambda: _("This post is no evidence of this skill."),
    "candidate_not_found": lambda: _("This keyword waits for no answer."),
    "candidate_in_use": lambda: _(
        "Its skill was merged, renamed or given other words since: take that back first."
    ),
    "category_unknown": lambda: _("Name a skill that there is: the new one is filed beside it."),
    "label_invalid": lambda: _("A name needs letters or digits."),
    "labels_not_found": lambda: _("No moderator has said what this skill is called."),
    "merge_impossible": lambda: _("These cannot be merged, or taken apart, as they stand."),
    "merge_not_found": lambda: _("This skill leads to no other."),
    "slug_taken": lambda: _("Another skill has this address already."),
    "term_taken": lambda: _("Another skill is called so already."),
    "organisation_not_found": lambda: _(
        "There is no such company here, or it is not yours to see."
    ),
    "organisation_taken": lambda: _("A company is registered by this name, or almost by it."),
    "organisation_changed": lambda: _(
        "Another moderator changed this company meanwhile: look at it again."
    ),
    "organisation_not_yours": lambda: _(
        "Your confirmed address shows no such company, or not any more."
    ),
    "domain_taken": lambda: _("Another company has one of these domains."),
    "domain_shared": lambda: _(
        "Anybody may have an address at one of these domains: it shows no company."
    ),
    "act_without_effect": lambda: _("This would change nothing."),
    "act_on_oneself": lambda: _("You cannot do this to yourself."),
    "act_beyond_role": lambda: _("Your role does not reach as far."),
    **project_wording.REFUSALS,
    "too_many_requests": lambda: _("That was very often in a short time."),
    "session_renewed_elsewhere": lambda: _(
        "Another of your pages is renewing your session: this one follows in a second."
    ),
}
RULES: Mapping[str, Say] = {
    "called": lambda: _("A name with a letter or a digit, at most 100 letters."),
    "domains": lambda: _("One to ten domains to which mails go, such as example.org."),
    "name": lambda: _("Your name, at most 100 letters."),
    "email": lambda: _("An address such as ada@example.org."),
    "password": lambda: _("At least 12 letters, and none of the well-known ones."),
    "new_password": lambda: _("At least 12 letters, and none of the well-known ones."),
    "motivation": lambda: _(
        "Some words on what you would like to ask or share, at most 2,000 letters."
    ),
    "title": lambda: _("A title of 6 to 150 letters."),
    "body": lambda: _("Your words, at most 20,000 letters."),
    "keywords": lambda: _("At most 5 keywords of 50 letters, with commas between them."),
    "link": lambda: _("A link begins with https:// or http://."),
    "headline": lambda: _("At most 150 letters."),
    "company": lambda: _("At most 100 letters."),
    "location": lambda: _("At most 100 letters."),
    "bio": lambda: _("At most 2,000 letters."),
    "note": lambda: _("At most 500 letters."),
    "reason": lambda: _("Say why, in at most 1,000 letters."),
    "word": lambda: _("At most 1,000 letters."),
    "label": lambda: _("A name of 1 to 50 letters."),
    "en": lambda: _("A name of 1 to 100 letters."),
    "fr": lambda: _("A name of 1 to 100 letters."),
    "into": lambda: _("Say into which one."),
    "member_ids": lambda: _("A post, or a group of two members at least."),
    "asks_per_week": lambda: _("A number from 0 to 10."),
    **notice_wording.RULES,
}


def level(number: int) -> str:
    """What a level is called; it agrees with the skill."""
    names: Mapping[int, Say] = {
        1: lambda: _("emerging"),
        2: lambda: _("recognised"),
        3: lambda: _("established"),
        4: lambda: _("strong"),
        5: lambda: _("a reference"),
    }
    return names[number]() if number in names else ""


def levels() -> list[str]:
    """All of them, from the first."""
    return [level(number) for number in range(1, 6)]


def confidence(name: str) -> str:
    """How many voices are behind a skill, in words."""
    names: Mapping[str, Say] = {
        "few": lambda: _("few voices"),
        "several": lambda: _("several voices"),
        "many": lambda: _("many voices"),
    }
    return names[name]() if name in names else ""


def freshness(name: str) -> str:
    """How long ago a skill was last proved, in words."""
    names: Mapping[str, Say] = {
        "fresh": lambda: _("fresh"),
        "fading": lambda: _("fading"),
        "past": lambda: _("past"),
    }
    return names[name]() if name in names else ""


def trend(name: str) -> str:
    """How much somebody proved lately, for themselves alone."""
    names: Mapping[str, Say] = {
        "up": lambda: _("more than before lately"),
        "steady": lambda: _("steady lately"),
        "down": lambda: _("less than before lately"),
    }
    return names[name]() if name in names else ""


def suggestion(reasons: Sequence[Reason]) -> str:
    """Why somebody might be worth listening to."""
    return "; ".join(filter(None, (_suggested(reason) for reason in reasons[:2])))


def _suggested(reason: Reason) -> str:
    count = reason.count or 1
    names: Mapping[str, Say] = {
        "sponsor": lambda: _("invited you"),
        "invitee": lambda: _("joined by your invitation"),
        "followed_by": lambda: ngettext(
            "followed by %(num)s person whom you follow",
            "followed by %(num)s people whom you follow",
            count,
        ),
        "keywords": lambda: _(
            "the same keywords as you: %(words)s", words=", ".join(reason.keywords)
        ),
    }
    return names[reason.kind]() if reason.kind in names else ""


def nearness(name: str) -> str:
    """How near somebody who knows is to the viewer."""
    names: Mapping[str, Say] = {
        "followed": lambda: _("You follow this member."),
        "second_degree": lambda: _("Followed by people whom you follow."),
    }
    return names[name]() if name in names else ""


def kind(name: str) -> str:
    """What a post is."""
    names: Mapping[str, Say] = {
        "question": lambda: _("A question"),
        "answer": lambda: _("An answer"),
        "share": lambda: _("A share"),
        "thanks": lambda: _("Thanks for help"),
    }
    return names[name]() if name in names else ""


def reason(name: str) -> str:
    """Where a post names a skill."""
    names: Mapping[str, Say] = {
        "keyword": lambda: _("by its keyword"),
        "title": lambda: _("by its title"),
        "body": lambda: _("by its words"),
        "question": lambda: _("by its question"),
        "passing": lambda: _("in passing"),
        "quote": lambda: _("in a quote"),
    }
    return names[name]() if name in names else ""


def place(post: EvidencePost) -> str:
    """Where a post that proves something stands."""
    if post.kind == "answer":
        return f"/questions/{post.question_id}?from={post.id}#post-{post.id}"
    return f"/{post.kind}s/{post.id}"


def invitation_state(name: str) -> str:
    """What has become of an invitation."""
    names: Mapping[str, Say] = {
        "open": lambda: _("open"),
        "used": lambda: _("accepted"),
        "revoked": lambda: _("taken back"),
        "expired": lambda: _("expired"),
    }
    return names[name]() if name in names else ""
