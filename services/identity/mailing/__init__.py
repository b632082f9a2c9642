"""How a mail is worded, made and carried, by SMTP or into a folder; knows no table."""
