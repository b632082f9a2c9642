"""The resources of notifications."""
