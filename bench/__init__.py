"""Measurements: each module has `measure()`, which prints what it found as ratios to a plain way of doing the same work."""
