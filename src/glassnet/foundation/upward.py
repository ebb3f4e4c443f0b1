"""Methods whose work is done in a higher room: the one road upwards.

``model.xray(x, y)`` reads best as a method of the model, but a model must not know how it is looked into. Such a method
names the room that does the work, which is loaded when the method is called and not before. All of them are listed here, so
that nothing else looks up.
"""

from importlib import import_module
from typing import Any

ROOMS = {
    "advise": "glassnet.diagnosis",
    "automatic_learning_rate": "glassnet.tuning.automatic",
    "check": "glassnet.diagnosis",
    "constraint": "glassnet.constraints:get",
    "glance": "glassnet.preflight",
    "first_bad_number": "glassnet.diagnosis.first_bad",
    "look_at_step": "glassnet.diagnosis.first_bad",
    "initializer": "glassnet.initializers:get",
    "regularizer": "glassnet.regularizers:get",
    "show_history": "glassnet.plots",
    "verdict": "glassnet.diagnosis",
    "xray": "glassnet.inspection",
}


def upward(name: str) -> Any:
    """The function called `name` of the room that does such work.

    Example:
        >>> upward("show_history").__module__.startswith("glassnet.plots")
        True
    """
    room, _, function = ROOMS[name].partition(":")
    return getattr(import_module(room), function or name)
