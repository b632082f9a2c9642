"""Pushes: where they may go, when, what they say, and how they are sealed and handed over."""
