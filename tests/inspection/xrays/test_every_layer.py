"""Every public layer, x-rayed: its gradients, its new weights, and its working. A new layer comes in by its row elsewhere."""

import importlib.util
import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Model, layers
from glassnet.foundation.layer import Layer
from glassnet.layers import RNN, Concatenate, Dense, Embedding, Flatten, Reshape, TokenAndPositionEmbedding

FAMILIES = {
    "small": ("test_contract", "test_small_layers"),
    "rooms": ("test_rooms_contract",),
    "images": ("augmentation/test_layers", "convolution/test_layers"),
    "pooling": ("pooling/test_layers",),
    "sequences": ("recurrent/test_layers",),
}
#: They take labels beside images, so that they stand in a pipeline and not in a model.
OUTSIDE = {layers.CutMix, layers.MixUp}
BATCH = 2


def rows(family):
    """(layer, shapes of its inputs without the batch, whether it takes them as a list) of each row of a family's tables."""
    for name in FAMILIES[family]:
        path = Path(__file__).parents[2] / "layers" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"xrayed_{path.parent.name}_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for row in module.TABLE.values():
            if family == "sequences":  # two steps say as much as three, and compile in two thirds of the time
                yield row.make(), [(min(row.shape[0], 2), *row.shape[1:])], False
            elif name == "test_rooms_contract":
                yield row.make(), [shape[1:] for shape in row.shapes], row.listed
            else:
                yield row[0](), [row[1]], False
        for merge in getattr(module, "MERGES", ()):
            yield type(merge).from_config(merge.get_config()), [(2, 2), (2, 2)], True


def once(family):
    """The first row of each class."""
    found = {}
    for row in rows(family):
        if type(row[0]) not in OUTSIDE:
            found.setdefault(type(row[0]), row)
    return found.values()


def branch(number, trunk, layer, shapes, listed):
    """The layer on numbers of the trunk, put into its shapes; a layer of whole numbers has an input of its own."""
    if hasattr(layer, "get_initial_state") and not hasattr(layer, "return_sequences"):
        layer, shapes = RNN(layer), [(2, *shapes[0])]
    layer = type(layer).from_config({**layer.get_config(), "name": f"layer_{number}"})
    if isinstance(layer, Embedding | TokenAndPositionEmbedding):
        whole = Input(shapes[0], dtype="int32")
        return [whole], Flatten()(layer(whole))
    shaped = [
        Reshape(shape, name=f"shaped_{number}_{place}")(trunk[:, place : place + int(np.prod(shape))])
        for place, shape in enumerate(shapes)
    ]
    return [], Flatten()(layer(shaped) if listed else layer(*shaped))


def made(family):
    """One network with a branch for each layer of a family between two dense ones, and two rows for it."""
    given = Input((3,))
    trunk = Dense(64, "tanh", name="trunk")(given)
    branches = [branch(number, trunk, *row) for number, row in enumerate(once(family))]
    whole = [x for own, _ in branches for x in own]
    model = Model([given, *whole], Dense(1)(Concatenate()([y for _, y in branches])), seed=3)
    model.compile("adam", "mse")
    random = np.random.default_rng(1)
    x = [random.normal(size=(BATCH, 3)).astype("float32")]
    x += [random.integers(0, 7, (BATCH, *i.shape[1:])) for i in whole]
    return model, x, random.normal(size=(BATCH, 1)).astype("float32")


def test_every_public_layer_is_tried():
    public = {getattr(layers, name) for name in layers.__all__}
    wanted = {kind for kind in public if isinstance(kind, type) and issubclass(kind, Layer)} - {Layer}
    assert wanted == {type(layer) for family in FAMILIES for layer, _, _ in rows(family)}


@pytest.fixture
def compiled_quickly():
    """So many programs run once each: compiling them with care would take most of the time."""
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.usefixtures("compiled_quickly")
def test_an_xray_tells_the_truth_about_every_layer(family):
    model, x, y = made(family)
    model.train_on_batch(x, y)
    key = jax.random.fold_in(jax.random.key(np.uint32(3)), np.int32(1))
    seen = model.xray(x, y)

    def loss(model):
        return jnp.mean(jnp.square(model(x, training=True, key=key) - y)) + sum(model.losses)

    wanted = jax.jit(jax.grad(loss))(model).named_weights(trainable=True)
    scale = max(float(jnp.abs(w).max()) for w in wanted.values())
    for path, w in wanted.items():
        np.testing.assert_allclose(seen.gradients[path], w, rtol=1e-6, atol=1e-7 * scale, err_msg=path)
    assert not [(path, d) for path, d in seen.disagreements() if not d.kink]

    check_workings(seen)
    model.train_on_batch(x, y)
    for path, w in model.named_weights().items():
        np.testing.assert_array_equal(seen.step.after[path], w, err_msg=path)


def check_workings(seen):
    """A layer worked by itself hands on the very slopes that the whole network has, and ends with the number it put out."""
    checked = 0
    for layer in seen.layers:
        name = layer.call.path
        if not name.startswith("layer_") or "/" in name:
            continue
        slopes = layer.working.slopes
        assert layer.forward and max(map(len, str(layer).splitlines())) <= 80 and json.dumps(layer.to_dict())
        shaped = [one.call for one in seen.layers if one.call.path.startswith(f"shaped_{name.split('_')[1]}_")]
        for before in shaped:  # one array may go in twice, as value and key
            uses = [source.leaving for source in slopes.inputs if np.array_equal(source.value, before.outputs)]
            above = before.gradients[0]
            size = np.abs(above).max()
            np.testing.assert_allclose(sum(uses), above, rtol=2e-4, atol=2e-6 * size + 1e-9, err_msg=name)
            checked += 1
        outputs = np.asarray(jax.tree.leaves(layer.call.outputs)[0])
        assert np.float32(outputs[layer.working.index]) in [np.float32(line.value) for line in layer.forward], name
    assert checked
