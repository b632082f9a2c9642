"""The API as Python: how bytes travel, what is asked, and what is answered."""
