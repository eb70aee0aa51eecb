"""How densities of molecules are represented."""
