"""How a mail is made and carried, by SMTP or into a folder; what it says is each service's."""
