"""The HTTP edge of discussion."""
