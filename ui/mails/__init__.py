"""Mails as people read them: letters turned into words and look."""
