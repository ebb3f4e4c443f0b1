"""``glassnet resume``."""

from pathlib import Path
from typing import Any

from glassnet.cli.answer import DONE, print_json
from glassnet.cli.running import carry_out
from glassnet.cli.terminal import streams
from glassnet.foundation.errors import ConfigError, GlassnetError
from glassnet.workbench import RunFolder, Settings
from glassnet.workbench.runs import RUN_FILE


def run(arguments: Any) -> int:
    """Go on with a run that was cut off, and end as if it had not been."""
    data, messages = streams(arguments.quiet or arguments.json)
    folder = RunFolder.reopen(arguments.run_folder)
    if folder.about.get("status") == "done":
        if arguments.json:
            print_json({**folder.about, "folder": str(folder.path), "exit_code": DONE})
        else:
            messages.step("Done", f"this run has ended as it should: {folder.path / 'report.html'}")
        return DONE
    settings, source, target = _as_it_was(folder, arguments.data)
    folder.begin()  # before anything is read: no other process may work in it
    try:
        last = folder.checkpoints.last_epoch() if folder.checkpoints else 0
        where = f"after epoch {last:,} of {settings.epochs:,}" if last else "from the start: no epoch was kept"
        messages.step("Resume", f"{folder.path}, {where}")
        for name, (then, now) in folder.changed_versions.items():
            messages.step("", f"it began with {name} {then}; with {now} the last bits of the weights may differ")
    except BaseException:
        folder.close()
        raise
    return carry_out(arguments, folder, source, target, settings, data, messages)


def _as_it_was(folder: RunFolder, elsewhere: str | None) -> tuple[Settings, str, str | None]:
    """Settings, table and target of the run, the table perhaps moved since."""
    try:
        origin = folder.about["origin"]
        settings, source, target = Settings.from_dict(folder.about["settings"]), origin["data"], origin["target"]
    except (KeyError, TypeError) as error:
        raise ConfigError(
            f"Expected {folder.path / RUN_FILE} to say how the run was started. Received one without {error}. Only a run of "
            f"glassnet train can be resumed; train again."
        ) from error
    if elsewhere:
        return settings, elsewhere, target
    if Path(source).is_absolute() and not Path(source).exists():
        raise GlassnetError(
            f"Expected the table of the run at {source!r}. Received nothing there. Put it back, or say where it is now with "
            f"--data FILE."
        )
    return settings, source, target
