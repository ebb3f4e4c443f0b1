"""``glassnet``: one command after another, errors as messages, and the exit codes.

Nothing heavy is imported before a command runs, so that ``glassnet --help`` answers at once.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from glassnet.cli.answer import DATA, DIVERGED, DONE, FAILED, INTERRUPTED, USAGE, complain
from glassnet.cli.options import UsageError, help_text, parse
from glassnet.cli.terminal import abandon


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the words after ``glassnet``; those of this process by default.

    Example:
        >>> main(["--version"])
        glassnet ...
        0
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has closed it: `glassnet predict ... | head`
        abandon(sys.stdout)
        return DONE
    return code


def _run(words: list[str]) -> int:
    as_json, debug = "--json" in words, "--debug" in words
    try:
        arguments = parse(words)
        if arguments.command is None:
            sys.stdout.write(help_text())
            return DONE
        return import_module(arguments.run).run(arguments)
    except SystemExit as leave:  # argparse's own --help and --version
        return int(leave.code or 0)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return complain("stopped by Ctrl-C", INTERRUPTED, as_json)
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exc()
        message, code = _explained(error)
        return complain(" ".join([message, *getattr(error, "__notes__", ())]), code, as_json)


def _explained(error: Exception) -> tuple[str, int]:
    if isinstance(error, UsageError):
        return str(error), USAGE
    from glassnet.foundation.errors import ConfigError, DataError, DivergedError, GlassnetError

    codes = {DivergedError: DIVERGED, DataError: DATA, ConfigError: USAGE, GlassnetError: FAILED, OSError: FAILED}
    for kind, code in codes.items():
        if isinstance(error, kind):
            return str(error), code
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Use fewer units, a smaller batch size or fewer rows.", FAILED
    return f"unexpected {type(error).__name__}: {error}. Run it again with --debug and report what it shows.", FAILED
