"""The pages, by family: each view reads a form, makes one to three calls, and renders."""

from web.pages import (
    catalogue,
    doubts,
    home,
    installing,
    invitations,
    joining,
    keywords,
    members,
    moderation,
    posts,
    searching,
    settings,
    skills,
    welcome,
    writing,
)

BLUEPRINTS = (
    home.bp,
    welcome.bp,
    joining.bp,
    writing.bp,
    posts.bp,
    keywords.bp,
    members.bp,
    skills.bp,
    searching.bp,
    invitations.bp,
    settings.bp,
    moderation.bp,
    catalogue.bp,
    doubts.bp,
    installing.bp,
)
