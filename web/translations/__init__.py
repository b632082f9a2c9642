"""The texts of the web client in other languages than English."""
