"""Ensembles of convolutional networks that learn functionals: the only room that needs PyTorch."""
