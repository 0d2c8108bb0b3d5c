"""Tallystick issues, delivers and redeems prepaid codes. Start it with: python main.py run."""

from ui.cli import command_line

if __name__ in {"__main__", "__mp_main__"}:
    command_line()
