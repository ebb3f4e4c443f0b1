"""Event files read back by an independent reader: lengths, checksums, and the bytes that TensorBoard's own package writes."""

import struct

import numpy as np
import pytest

from glassnet.callbacks import event_messages as messages
from glassnet.callbacks.event_files import EventFile, crc32c, record
from glassnet.foundation.errors import GlassnetError

# Printed by tests/oracles/event_files.py, with TensorBoard's own protocol buffers.
SCALAR = "09000000000000f83f10ac022a0d0a0b0a046c6f7373150000003f"
HISTOGRAM = (
    "09000000000000f83f10ac022a480a460a01772a410900000000000000401100000000000000401900000000000008402100000000000018402"
    "90000000000002840320800000000000000403a080000000000000840"
)
GRAPH = "09000000000000f83f10ac02221f0a0a0a01611205496e7075740a0d0a0162120544656e73651a016122020816"


def test_messages_are_those_of_the_protocol():
    assert messages.event(1.5, 300, summary=messages.scalar("loss", 0.5)).hex() == SCALAR
    assert messages.event(1.5, 300, summary=messages.histogram("w", np.full(3, 2.0))).hex() == HISTOGRAM
    graph = messages.graph_definition([("a", "Input", []), ("b", "Dense", ["a"])])
    assert messages.event(1.5, 300, graph=graph).hex() == GRAPH


def test_a_histogram_counts_all_finite_values():
    values = np.array([[0.0, 1.0], [np.nan, np.inf], [0.25, 1.0]])
    body = messages.histogram("w", values)
    counts = np.frombuffer(body[-240:], "<f8")
    assert counts.sum() == 4 and counts[0] == 1 and counts[-1] == 2 and counts[7] == 1
    assert messages.histogram("w", np.array([np.nan])) == b""


def test_checksums_are_those_of_castagnoli():
    # RFC 3720, appendix B.4
    assert (
        crc32c(bytes(32)) == 0x8A9136AA
        and crc32c(b"\xff" * 32) == 0x62A8AB43
        and crc32c(bytes(range(32))) == 0x46DD794E
    )


def test_a_record_has_its_checksums_masked():
    assert record(b"").hex() == "000000000000000029039807d8ea82a2"


def test_a_file_goes_on_where_it_was(tmp_path):
    first, places = EventFile(tmp_path), []
    for step in range(3):
        first.add(step, summary=messages.scalar("loss", step))
        first.flush()
        places.append(first.place())
    second = EventFile(tmp_path)
    second.add(9)
    second.flush()
    second.go_on(*places[1])
    second.add(2, summary=messages.scalar("loss", 7.0))
    second.flush()
    (file,) = tmp_path.iterdir()
    data, records = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        records.append(data[12 : 12 + length])
        assert data[: 16 + length] == record(records[-1])
        data = data[16 + length :]
    assert len(records) == 4 and records[-1].endswith(struct.pack("<f", 7.0))
    third = EventFile(tmp_path)
    third.go_on(places[1][0], 10**9)  # that much is no longer there: leave the file alone
    assert third.place()[1] == 0 and file.exists()


def test_a_folder_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").touch()
    events = EventFile(tmp_path / "file" / "train")
    events.add(0)
    with pytest.raises(GlassnetError, match="a folder that can be written"):
        events.flush()
