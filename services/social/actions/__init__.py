"""What changes in social."""
