"""Receptive fields: against the inputs that move an output, position by position."""

import jax
import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.inspection.fields import Seen, fields
from glassnet.layers import (
    Add,
    AveragePooling1D,
    AveragePooling2D,
    Concatenate,
    Conv1D,
    Conv2D,
    Cropping1D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling1D,
    Lambda,
    SeparableConv2D,
    ZeroPadding1D,
)

CHAINS = {
    "two convolutions": ((21,), [Conv1D(2, 3), Conv1D(2, 5)]),
    "strides": ((31,), [Conv1D(2, 3, strides=2), Conv1D(2, 3, strides=2)]),
    "dilated": ((40,), [Conv1D(2, 3, dilation_rate=2), Conv1D(2, 3, dilation_rate=4)]),
    "causal": ((20,), [Conv1D(2, 4, padding="causal"), Conv1D(2, 2, padding="causal")]),
    "same": (
        (20,),
        [Conv1D(2, 4, padding="same"), Conv1D(2, 3, strides=2, padding="same"), Conv1D(2, 3, padding="same")],
    ),
    "pooling": ((24,), [Conv1D(2, 3), AveragePooling1D(2), Conv1D(2, 3)]),
    "padded and cropped": ((16,), [ZeroPadding1D((3, 1)), Conv1D(2, 3), Cropping1D((2, 1)), Dense(3)]),
    "pictures": ((17, 14), [Conv2D(2, (3, 2)), AveragePooling2D(2), DepthwiseConv2D(3), SeparableConv2D(2, 2)]),
}


@pytest.mark.parametrize("name", CHAINS)
def test_every_position_sees_what_moves_it(name):
    space, layers = CHAINS[name]
    model = Sequential([Input((*space, 2)), *layers], seed=0)
    model.set_weights([np.abs(w) + 0.1 for w in model.get_weights()])
    (found,) = {path: field for path, field in fields(model, like(space)).items() if path == layers[-1].path}.values()
    slopes = np.asarray(jax.jacobian(lambda x: model(x).sum(-1)[0])(np.ones((1, *space, 2), "float32")))
    outputs, moved = slopes.shape[: len(space)], slopes.sum(axis=-1)[..., 0, *[slice(None)] * len(space)] != 0
    for place in np.ndindex(*outputs):
        for axis, (at, size, seen) in enumerate(zip(place, space, found, strict=True)):
            others = tuple(a for a in range(len(space)) if a != axis)
            positions = np.flatnonzero(moved[place].any(axis=others) if others else moved[place])
            first = seen.start + at * seen.jump
            assert positions[0] == max(first, 0) and positions[-1] == min(first + seen.size, size) - 1


def like(space):
    return jax.ShapeDtypeStruct((1, *space, 2), np.float32)


def test_branches_see_what_either_sees():
    x = Input((20, 2))
    narrow, wide = Conv1D(2, 3, padding="same")(x), Conv1D(2, 7, padding="same")(x)
    model = Model(x, Conv1D(2, 3, name="after")(Add(name="sum")([narrow, wide])), seed=0)
    found = fields(model, like((20,)))
    assert found["sum"] == (Seen(-3, 7, 1),) and found["after"] == (Seen(-3, 9, 1),)
    assert fields(Model(x, Concatenate(name="both")([narrow, wide])), like((20,)))["both"] == (Seen(-3, 7, 1),)


def test_what_brings_all_together_sees_all():
    model = Sequential([Input((20, 2)), Conv1D(2, 3), GlobalAveragePooling1D(), Dense(1)], seed=0)
    found = fields(model, like((20,)))
    assert (found["conv1d"], found["global_average_pooling1d"], found["dense"]) == ((Seen(0, 3, 1),), "all", "all")
    assert fields(Sequential([Input((20, 2)), Flatten(), Dense(1)]), like((20,)))["flatten"] == "all"


def test_what_is_not_known_is_said_to_be():
    model = Sequential([Input((20, 2)), Lambda(lambda x: x[:, ::-1], name="turned"), Conv1D(2, 3)], seed=0)
    assert fields(model, like((20,)))["turned"] is None and fields(model, like((20,)))["conv1d"] is None
