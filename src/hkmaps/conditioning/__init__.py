"""Why gauge-dependent functionals of the density are ill-conditioned (paper A, section 3)."""
