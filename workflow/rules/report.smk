"""Figures, claims and what the study ends with: one script and one rule a figure."""

PAPER_A, STUDY = "Paper A", "This study"


def figure(name, **wildcards):
    """The two files of a figure."""
    return multiext(f"results/figures/{name}", ".png", ".pdf")
