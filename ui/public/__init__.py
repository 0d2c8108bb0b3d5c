"""Plain server-rendered pages: no NiceGUI client, no JavaScript, nothing a stranger could wake."""
