"""A recorder keeps each call as it was met, and moves numbers by what it is told."""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import Input, Sequential
from glassnet.foundation import context
from glassnet.foundation.observing import observed_by
from glassnet.inspection.recording import Recorder, inside_key, output_key
from glassnet.layers import Dense, Dropout, Embedding, SimpleRNN


def recorded(layer, x, moves=None, **arguments):
    recorder = Recorder(moves)
    with context.entered(context.Call(training=True, key=None)), observed_by(recorder):
        y = layer(x, **arguments)
    return recorder, y


def test_calls_are_kept_in_the_order_they_began_with_their_depth():
    model = Sequential([Input((2,)), Dense(3, "relu", name="first"), Dense(1, name="last")], seed=0)
    recorder, _ = recorded(model, jnp.ones((1, 2)))
    assert [(c.path, c.kind, c.depth) for c in recorder.calls] == [
        ("sequential", "Sequential", 0),
        ("first", "Dense", 1),
        ("last", "Dense", 1),
    ]
    assert [name for name, _ in recorder.calls[1].inside] == ["pre_activation"]
    np.testing.assert_array_equal(recorder.calls[1].outputs, recorder.calls[2].inputs[0])


def test_moves_are_added_to_outputs_and_to_named_numbers():
    model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")], seed=0)
    plain, y = recorded(model, jnp.ones((1, 1)))
    assert set(plain.shapes) == {output_key(0, 0), output_key(1, 0), inside_key(1, 0)}
    moves = {key: jnp.full(like.shape, 0.25) for key, like in plain.shapes.items()}
    moved, z = recorded(model, jnp.ones((1, 1)), moves)
    assert float(z[0, 0]) == float(y[0, 0]) + 0.75  # the named number, the layer's output, the model's output
    assert float(moved.calls[1].outputs[0, 0]) == float(y[0, 0]) + 0.5


def test_what_a_call_needs_to_be_made_again_is_kept():
    model = Sequential([Input((3,)), Embedding(4, 2, mask_zero=True), SimpleRNN(1)], seed=0)
    recorder, _ = recorded(model, jnp.array([[1, 2, 0]]))
    call = recorder.calls[2]
    np.testing.assert_array_equal(call.options["mask"], [[True, True, False]])
    np.testing.assert_array_equal(call.masks[0], [[True, True, False]])
    assert call.options["training"] is True

    drawing, model = Recorder(), Sequential([Input((2,)), Dropout(0.5, name="one"), Dropout(0.5, name="two")], seed=0)
    with context.entered(context.Call(training=True, key=jax.random.key(0))), observed_by(drawing):
        model(jnp.ones((1, 2)))
    assert [call.draws for call in drawing.calls] == [{}, {}, {"one": 1}]


def test_an_output_under_a_sigmoid_is_linked_to_the_loss():
    """The loss goes from its logits, so that its own slope must be asked for apart."""
    model = Sequential([Input((1,)), Dense(1, "sigmoid")], seed=0)
    first, _ = recorded(model, jnp.ones((1, 1)))
    recorder = Recorder({key: jnp.zeros(like.shape) for key, like in first.shapes.items()})
    with context.entered(context.Call(training=True)), observed_by(recorder):
        y = model(jnp.ones((1, 1)))
        assert recorder.linked(y) == [output_key(0, 0), output_key(1, 0)]
        assert recorder.linked(jnp.ones(1)) == []
