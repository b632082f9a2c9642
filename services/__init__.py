"""The services of Skiller, independent siblings: none imports another."""
