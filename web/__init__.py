"""The web client: pages for members, made of what the API says. It keeps nothing itself."""
