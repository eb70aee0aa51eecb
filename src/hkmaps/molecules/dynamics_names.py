"""Names of dynamics by maps of rounds; a look at the config imports them."""

LEARNING, STABILITY, LONG = "learning", "stability", "long"
"""What the next round learns from, and tests of how long it lasts."""
