"""A synthetic community of any size, to see Skiller full of life: `python -m demo community`.

`scale.py` says how much of everything there is; `people.py`, `threads.py`, `following.py` and
`ventures.py` make it up from a seed, each part a pure function of its number, so that none has to
be kept; `arriving.py` brings it into a running Skiller by the services' actions, and
`copying_people.py` and `copying_posts.py` by COPY where it is large.
"""
