"""The testing kit: a service with a database of its own, events in, events out."""
