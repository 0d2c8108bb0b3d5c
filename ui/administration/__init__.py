"""What admins and the owner look after."""
