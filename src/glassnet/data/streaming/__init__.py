"""Rows that stay on the disk, or come from elsewhere, as batches: read ahead, shuffled by buffer, memory bounded."""

from glassnet.data.streaming.mapped import ArrayBatches, is_mapped
from glassnet.data.streaming.parquet import ParquetBatches
from glassnet.data.streaming.prefetching import prefetched
from glassnet.data.streaming.stored import StoredBatches

__all__ = ["ArrayBatches", "ParquetBatches", "StoredBatches", "is_mapped", "prefetched"]
