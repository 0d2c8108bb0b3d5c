"""Home and the page of a workspace."""
