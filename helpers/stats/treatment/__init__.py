"""Comparisons of treatments: immortal time, confounding, what an estimate can bear."""
