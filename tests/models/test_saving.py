"""One file: what is saved comes back, and what is not ours or altered is refused."""

import json
import zipfile

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import saving
from glassnet.foundation.errors import ConfigError, GlassnetError, ModelFileError
from glassnet.layers import Dense, Dropout, Input, Layer
from glassnet.models import Model, Sequential, load_model, model_from_json


@saving.register_keras_serializable("tests")
def cubed(x):
    return x**3


@saving.register_keras_serializable("tests")
class Scale(Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.factor = self.add_weight(
            "factor", (input_shape[-1],), lambda shape, dtype: np.full(shape, self.start, dtype)
        )

    def call(self, x):
        return x * self.factor


def test_round_trip_keeps_answers_settings_and_seed(tmp_path, classifier, rows):
    model = classifier(7)
    model.fit(*rows, epochs=2, verbose=0)
    model.save(tmp_path / "m.glass")
    again = load_model(tmp_path / "m.glass")
    np.testing.assert_array_equal(again.predict(rows[0]), model.predict(rows[0]))
    assert again.evaluate(*rows) == model.evaluate(*rows)
    assert again.seed == 7 and again.optimizer == model.optimizer
    assert load_model(tmp_path / "m.glass", compile=False).optimizer is None


def test_layers_and_functions_of_ones_own(tmp_path):
    model = Sequential([Input((3,)), Scale(2.0), Dense(2, activation=cubed), Dropout(0.1, seed=1)])
    model.save(tmp_path / "m.glass")
    again = load_model(tmp_path / "m.glass")
    np.testing.assert_array_equal(again.predict(np.eye(3)), model.predict(np.eye(3)))
    assert again.get_config() == model.get_config()


def test_what_has_no_name_trains_but_says_what_to_register(tmp_path):
    model = Sequential([Input((3,)), Dense(2, activation=lambda x: jnp.sin(x))])
    with pytest.raises(ConfigError, match="register_keras_serializable"):
        model.save(tmp_path / "m.glass")
    assert not (tmp_path / "m.glass").exists()


def test_json_holds_the_architecture():
    model = Sequential([Input((3,)), Dense(2, activation="relu")], name="small")
    again = model_from_json(model.to_json())
    assert again.get_config() == model.get_config()


def test_too_early_and_overwriting(tmp_path, classifier):
    with pytest.raises(ConfigError, match="none yet"):
        Sequential([Dense(2)]).save(tmp_path / "m.glass")
    classifier().save(tmp_path / "m.glass")
    with pytest.raises(ConfigError, match="exists already"):
        classifier().save(tmp_path / "m.glass", overwrite=False)


def rewritten(path, **members):
    """The file with some of its JSON members replaced, its manifest made to agree."""
    import hashlib

    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    for name, change in members.items():
        data = json.loads(content[f"{name}.json"])
        change(data)
        content[f"{name}.json"] = json.dumps(data).encode()
    manifest = json.loads(content["manifest.json"])
    for name, said in manifest["members"].items():
        said.update(size=len(content[name]), sha256=hashlib.sha256(content[name]).hexdigest())
    content["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, body in content.items():
            file.writestr(name, body)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["model"]["config"]["layers"][0]["config"].update(units=6),
        lambda c: c["model"]["config"]["layers"][0]["config"].update(units=10**12),
        lambda c: c["model"]["config"]["layers"][0].update(class_name="os.system"),
        lambda c: c["model"]["config"]["layers"][0]["config"].update(surprise=1),
        lambda c: c["model"].update(kind="optimizer", class_name="SGD", config={}),
        lambda c: c.pop("model"),
        lambda c: c["model"]["config"]["layers"][0]["config"].update(activation="tanh"),
    ],
    ids=["another width", "enormous", "no such layer", "unknown argument", "no model", "empty", "answers differently"],
)
def test_an_altered_description_is_refused_with_a_reason(tmp_path, classifier, change):
    path = tmp_path / "m.glass"
    classifier().save(path)
    load_model(path)
    rewritten(path, config=change)
    with pytest.raises(ModelFileError):
        load_model(path)


def test_a_file_that_is_not_ours(tmp_path):
    (tmp_path / "m.glass").write_text("hello")
    with pytest.raises(ModelFileError):
        load_model(tmp_path / "m.glass")
    with pytest.raises(GlassnetError, match=r"m2\.glass"):
        load_model(tmp_path / "m2.glass")


def test_a_subclass_with_a_registered_name(tmp_path):
    @saving.register_keras_serializable("tests")
    class Small(Model):
        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.out = Dense(units)

        def call(self, x):
            return self.out(x)

    model = Small(2)
    x = np.eye(4, dtype="float32")
    model.predict(x)
    saving.save_model(model, tmp_path / "m.glass", probes=x)
    np.testing.assert_array_equal(load_model(tmp_path / "m.glass").predict(x), model.predict(x))
