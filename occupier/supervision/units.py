"""The files by which systemd and launchd start the daemon with the machine, and again when it dies."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WATCHDOG = 120
"""Seconds without a sign of life after which systemd starts the daemon again: longer than any call and its commit."""
_SYSTEMD = """\
[Unit]
Description=occupier: a newsroom's accounts during a strike
StartLimitIntervalSec=0

[Service]
Type=notify
# The single-file executable works in a child of what is started here.
NotifyAccess=all
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory={folder}
# Variables that the settings name for secrets: NAME=value, a line each; chmod 600.
EnvironmentFile=-{environment}
Restart=always
RestartSec=5
# Wrong settings, another daemon or an unusable database do not mend themselves.
RestartPreventExitStatus=2 3 4
WatchdogSec={watchdog}
# The call in flight is waited for.
TimeoutStopSec=40
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
# What takes the rights of an administrator, or namespaces that many systems refuse to users, is left out: with it the
# unit would not start there. A user's own service has no right to lose.

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """A file to write, and the commands that take it into service and out of it.

    `lasting` keeps it there when the user logs out, where the machine lets users decide that.
    """

    path: Path
    text: str
    enable: tuple[tuple[str, ...], ...]
    lasting: tuple[tuple[str, ...], ...]
    disable: tuple[tuple[str, ...], ...]


def systemd_unit(
    home: Path, program: Sequence[str], settings: Path, name: str = "occupier", flags: Sequence[str] = ()
) -> Unit:
    """Return the unit of one settings file, for the user's own systemd (`systemd.service(5)`, `systemd.exec(5)`).

    Args:
        home: the user's folder.
        program: what is typed for `occupier` in full: an interpreter and its arguments, or the executable.
        settings: an absolute path.
        name: of the unit, where there are several.
        flags: what else is typed for the daemon.
    """
    text = _SYSTEMD.format(
        command=" ".join(map(_quoted, (*program, "run", "--settings", str(settings), *flags))),
        folder=_escaped(str(settings.parent)),
        environment=_escaped(str(settings.parent / "occupier.env")),
        watchdog=WATCHDOG,
    )
    control = ("systemctl", "--user")
    return Unit(
        path=home / ".config/systemd/user" / f"{name}.service",
        text=text,
        enable=((*control, "daemon-reload"), (*control, "enable", "--now", name)),
        lasting=(("loginctl", "enable-linger"),),
        disable=((*control, "disable", "--now", name), (*control, "daemon-reload")),
    )


def launchd_unit(
    home: Path, program: Sequence[str], settings: Path, name: str = "occupier", flags: Sequence[str] = ()
) -> Unit:
    """Return the agent of one settings file (`launchd.plist(5)`); arguments as `systemd_unit`."""
    label = f"org.{name}.run"
    path = home / "Library/LaunchAgents" / f"{label}.plist"
    agent = {
        "Label": label,
        "ProgramArguments": [*program, "run", "--settings", str(settings), *flags],
        "WorkingDirectory": str(settings.parent),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
        "ExitTimeOut": 40,
        "Umask": 0o077,
        "StandardErrorPath": str(settings.parent / "occupier.log"),
    }
    return Unit(
        path=path,
        text=plistlib.dumps(agent).decode(),
        enable=(("launchctl", "load", "-w", str(path)),),
        lasting=(),
        disable=(("launchctl", "unload", "-w", str(path)),),
    )


def _quoted(argument: str) -> str:
    said = _escaped(argument).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{said}"'


def _escaped(text: str) -> str:
    # systemd replaces %h and its like
    return text.replace("%", "%%")
