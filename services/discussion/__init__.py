"""What is asked, answered and liked."""
