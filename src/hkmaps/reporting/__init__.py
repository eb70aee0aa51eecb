"""Reporting: claims, figures and Markdown tables, all of them from finished tables."""
