"""The resources of projects."""
