"""regions: every position is covered, and nothing else."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.inspection.regions import region_names, regions, spread


@pytest.mark.parametrize(
    ("shape", "patch", "stride", "grid"),
    [
        ((5,), None, None, (5,)),
        ((5,), 2, None, (3,)),
        ((7, 3), None, None, (7,)),
        ((8, 8, 3), 3, None, (3, 3)),
        ((16, 24, 1), None, None, (8, 8)),
        ((6, 4, 1), (3, 2), (1, 2), (4, 2)),
    ],
)
def test_every_position_is_covered(shape, patch, stride, grid):
    found, counts = regions(shape, patch, stride)
    times = np.zeros(shape, int)
    for region in found:
        times[region] += 1
    assert counts == grid and len(found) == np.prod(grid) and times.min() >= 1
    assert stride is not None or times.max() == 1
    ones = spread(np.ones((2, len(found))), found, shape)
    np.testing.assert_array_equal(ones, np.ones((2, *(shape[:-1] if len(shape) > 1 else shape))))
    assert len(set(region_names(found, None, shape))) == len(found)


@pytest.mark.parametrize("patch", [0, 9, 1.5, (2, 2, 2)])
def test_a_patch_that_does_not_fit_is_named(patch):
    with pytest.raises(ConfigError, match="patch"):
        regions((8, 8, 1), patch)
