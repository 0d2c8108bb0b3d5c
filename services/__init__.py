"""What can happen: plain async functions, one module per noun, no web framework."""
