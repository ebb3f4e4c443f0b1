"""How much memory a training needs whose rows lie in a Parquet file, as the file grows: each size in a process of its own.

Two shuffle buffers of 16 MiB, the row group that is being read and a few batches are all that should be in memory, however large
the file is. "memory" is how far the peak of the process rises above what it was after a first training of the same network on
256 rows in memory; the libraries that read Parquet are part of it.

    python benchmarks/streaming_memory.py

prints a line a size and writes benchmarks/results/streaming_memory.json; exit code 1 where the memory grows by
more than two buffers from the smallest file to the largest.
"""

import json
import platform
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"
SIZES = (8_192, 32_768, 131_072)
GROUP, BATCH, BUFFER = 1024, 128, 16 << 20


def write(path, rows):
    import pyarrow as pa
    from pyarrow import parquet

    random = np.random.default_rng(0)
    schema = pa.schema([("image", pa.list_(pa.float32(), 784)), ("digit", pa.int64())])
    with parquet.ParquetWriter(path, schema) as file:
        for _ in range(rows // GROUP):
            pictures = pa.array(random.normal(size=GROUP * 784).astype("float32"))
            table = [pa.FixedSizeListArray.from_arrays(pictures, 784), pa.array(random.integers(0, 10, GROUP))]
            file.write_table(pa.table(table, schema=schema), row_group_size=GROUP)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def train(path):
    import glassnet as keras
    from glassnet.data import ParquetBatches

    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")], seed=0)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(np.zeros((256, 784), "float32"), np.zeros(256, int), batch_size=BATCH, verbose=0)
    before = peak()
    history = model.fit(ParquetBatches(path, target="digit", batch_size=BATCH), verbose=0)
    print(json.dumps({"memory": peak() - before, "rows": history.rows}))


def measured(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.parquet")
        write(path, rows)
        done = subprocess.run([sys.executable, __file__, str(path)], capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.strip().splitlines()[-1])
        return {"file": path.stat().st_size, **found}


def main():
    if len(sys.argv) > 1:
        return train(sys.argv[1])
    found = []
    for rows in SIZES:
        found.append(measured(rows))
        print(
            f"{rows:7,} rows  file {found[-1]['file'] / 1e6:6.1f} MB  memory {found[-1]['memory'] / 1e6:6.1f} MB",
            flush=True,
        )
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    RESULTS.mkdir(exist_ok=True)
    said = {"machine": machine, "buffer": BUFFER, "sizes": found}
    (RESULTS / "streaming_memory.json").write_text(json.dumps(said, indent=1) + "\n")
    return int(found[-1]["memory"] - found[0]["memory"] > 2 * BUFFER)


if __name__ == "__main__":
    sys.exit(main())
