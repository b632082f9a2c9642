"""What the likes prove."""
