"""The command line: each command reads the environment, calls services, and says one sentence."""

import typer

from ui.cli import audit, backup, doctor, keys, logs, serve, users

command_line = typer.Typer(
    help="Tallystick issues, delivers and redeems prepaid codes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
command_line.callback()(logs.begin)
command_line.command("run")(serve.run)
command_line.command("demo")(serve.demo)
command_line.command("migrate")(serve.migrate)
command_line.command("backup")(backup.backup)
command_line.command("restore")(backup.restore)
command_line.command("doctor")(doctor.doctor)
command_line.add_typer(users.commands, name="users")
command_line.add_typer(audit.commands, name="audit")
command_line.add_typer(keys.commands, name="keys")
