"""Communities to try Skiller with: a real one, replayed through the services' own actions."""
