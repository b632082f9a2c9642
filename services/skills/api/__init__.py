"""The HTTP edge of skills."""
