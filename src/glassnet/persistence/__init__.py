"""Files that outlast the program: the model file ``model.glass``, and safe writing for run folders.

This room knows plain configuration and named NumPy arrays. It imports no layer, no model and no JAX, and nothing in a
file that it reads is ever executed.
"""

from glassnet.persistence.archive import Archive, read_archive, write_archive
from glassnet.persistence.files import append_json_line, atomic_write_json, atomic_write_text
from glassnet.persistence.plain import plain_json
from glassnet.persistence.probes import compare_probes

__all__ = [
    "Archive",
    "append_json_line",
    "atomic_write_json",
    "atomic_write_text",
    "compare_probes",
    "plain_json",
    "read_archive",
    "write_archive",
]
