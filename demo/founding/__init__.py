"""An invented community of thirty members, to look around in and to take pictures of.

`members.csv`, `follows.csv` and `posts/*.toml` are what happened, `story.py` reads them,
`arriving.py` brings them into a running Skiller, and `tour.py` says where to look then.
"""
