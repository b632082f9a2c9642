"""How well attribution finds who will answer: on real communities, by the service's own rules."""
