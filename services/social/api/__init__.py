"""The HTTP edge of social."""
