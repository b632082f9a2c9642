"""What changes in identity."""
