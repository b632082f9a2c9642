"""What discussion reads."""
