"""Figures, claims and what the study ends with: one script and one rule a figure."""

PAPER_A, STUDY = "Paper A", "This study"


def figure(name, **wildcards):
    """The two files of a figure."""
    return multiext(f"results/figures/{name}", ".png", ".pdf")


def study_targets():
    """What the study ends with."""
    return [f"results/model_systems/{name}.parquet" for name in TRAINED_DATA_SETS]
