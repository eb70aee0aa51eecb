"""The figures, one module a chapter and one function a figure: tables in, a figure out."""
