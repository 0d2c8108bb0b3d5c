"""Parts of screens: they take plain data and callbacks, and never load anything."""
