"""Communities to try Skiller with: a real one, imported through the services' own actions."""
