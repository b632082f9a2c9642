"""What identity reads."""
