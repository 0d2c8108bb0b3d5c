"""What stands before NiceGUI: every request and every socket passes here first."""
