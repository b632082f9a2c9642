"""What changes in skills."""
