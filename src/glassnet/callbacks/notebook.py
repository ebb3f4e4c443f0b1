"""Progress in a notebook: one display that is drawn anew in its place."""

import html
import sys
from importlib import import_module
from typing import Any

_SIGNS, _BAR = "━╌", 24


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this program. IPython is not imported to find out.

    Example:
        >>> in_notebook()
        False
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class Shown:
    """One state of the progress, as HTML and as plain text.

    Args:
        head: which epoch.
        share: how much is done, from 0 to 1.
        numbers: the epoch's numbers, written.
        seconds: the time since the training began.
    """

    def __init__(self, head: str, share: float, numbers: dict[str, str], seconds: float) -> None:
        self.head, self.share, self.numbers, self.seconds = head, share, numbers, seconds

    def __repr__(self) -> str:
        full = round(_BAR * self.share)
        parts = [f"{self.head} {_SIGNS[0] * full}{_SIGNS[1] * (_BAR - full)}"]
        parts += [f"{name} {value}" for name, value in self.numbers.items()]
        return "  ".join([*parts, f"{self.seconds:.1f} s"])

    def _repr_html_(self) -> str:
        # Only the page's own colours, so that it reads on light and dark pages.
        groove = "flex:0 0 12em;height:6px;border-radius:3px;background:rgba(128,128,128,.3);overflow:hidden"
        bar = f"width:{100 * self.share:.1f}%;height:100%;background:#4477aa"
        numbers = "".join(
            f'<span><span style="opacity:.65">{html.escape(name)}</span> {html.escape(value)}</span>'
            for name, value in self.numbers.items()
        )
        return (
            '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.3em 1.2em;font-variant-numeric:tabular-nums">'
            f'<span>{html.escape(self.head)}</span><div style="{groove}"><div style="{bar}"></div></div>{numbers}'
            f'<span style="opacity:.65">{self.seconds:.1f} s</span></div>'
        )


class NotebookDisplay:
    """A place on a notebook's page; `show` fills it, and then fills it anew.

    Args:
        display: IPython's ``display``; the one of the kernel by default.
    """

    def __init__(self, display: Any = None) -> None:
        if display is None:
            display = import_module("IPython.display").display  # a kernel runs, so it is there
        self._display = display
        self._handle: Any = None

    def show(self, head: str, share: float, numbers: dict[str, str], seconds: float) -> None:
        """Show a state of the progress."""
        shown = Shown(head, share, numbers, seconds)
        if self._handle is None:
            self._handle = self._display(shown, display_id=True)
        else:
            self._handle.update(shown)
