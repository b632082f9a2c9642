"""What discussion takes and answers."""
