"""Finding the catalogue's skills in what people write."""
