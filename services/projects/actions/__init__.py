"""What members do in projects: one verb a function."""
