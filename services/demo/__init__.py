"""The sample that the demo shows: who, what, and what happened in 90 days."""
