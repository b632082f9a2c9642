"""What a mail says, and how it is worded; knows no table. `chassis.mailing` carries it."""
