"""What notifications does: one verb a function."""
