"""The measured value of every claim, from the tables of a finished study."""
