"""Edspace: products and access codes."""
