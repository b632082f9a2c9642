"""The one public door: routes, token check, limits, documentation; no database, no events."""
