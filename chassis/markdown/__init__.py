"""Markdown: what people write, and what readers see of it."""
