"""Measurements of what is promised, beside their peers; `python -m bench` writes the table."""
