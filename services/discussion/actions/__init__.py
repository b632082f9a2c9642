"""What changes in discussion."""
