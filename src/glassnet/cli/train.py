"""``glassnet train``."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from glassnet import workbench
from glassnet.cli.running import carry_out
from glassnet.cli.terminal import streams
from glassnet.workbench import RunFolder, Settings
from glassnet.workbench.source import sample_named


def run(arguments: Any) -> int:
    """Train, judge, write the run folder, and say what came out."""
    data, messages = streams(arguments.quiet or arguments.json)
    settings = chosen_settings(arguments)
    source, target = arguments.data, arguments.target
    about = {
        "command": workbench.command_for(source, target, settings),
        "python": workbench.python_for(source, target, settings),
        "settings": settings.to_dict(),
        "origin": {"data": source if sample_named(source) else str(Path(source).absolute()), "target": target},
    }
    folder = RunFolder(arguments.out, Path(source).name, about)
    return carry_out(arguments, folder, source, target, settings, data, messages)


def chosen_settings(arguments: Any) -> Settings:
    """The settings that stand on a command line; those that do not are at their default."""
    given = {field.name: getattr(arguments, field.name, None) for field in fields(Settings)}
    return Settings(**{name: value for name, value in given.items() if value is not None})
