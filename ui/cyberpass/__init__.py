"""CyberPass: product certification."""
