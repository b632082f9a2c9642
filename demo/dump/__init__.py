"""A Stack Exchange community as it is published: Posts.xml, Users.xml, Votes.xml, Comments.xml.

`rows.py` reads the files, a piece at a time, `staging.py` keeps what is needed of them in a file
until it is imported in order of time, and `markdown.py` turns their HTML into Markdown.
"""
