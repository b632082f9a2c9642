"""Communities to try Skiller with: made up, or real ones, through the services' own actions."""
