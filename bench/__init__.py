"""Timings as ratios to raw SQLite writing the same rows, measured in the same run."""
