"""What a mail of notices says, and how it is worded; knows no table."""
