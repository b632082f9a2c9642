"""What skills reads."""
