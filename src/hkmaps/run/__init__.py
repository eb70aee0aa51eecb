"""What a run says of itself: what it will do, how far it is, how it ended."""
