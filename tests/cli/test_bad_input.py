"""Bad input stops early: one clear message, the documented exit code, and nothing left behind."""

import pytest

GOOD = "age,sex,outcome\n" + "".join(f"{20 + i},{'fm'[i % 2]},{'ill' if i % 3 else 'well'}\n" for i in range(30))

FILES = {
    "good.csv": GOOD,
    "empty.csv": "",
    "header.csv": "age,outcome\n",
    "ragged.csv": GOOD + "1,2\n",
    "latin.csv": GOOD.replace("ill", "kränk").encode("latin-1"),
    "binary.csv": bytes(range(256)) * 4,
    "one-class.csv": GOOD.replace("well", "ill"),
    "rare.csv": GOOD + "33,f,odd\n",
    "unlabelled.csv": "age,outcome\n" + "1,\n" * 9,
    "only.csv": "outcome\n" + "ill\nwell\n" * 9,
    "infinite.csv": GOOD.replace("22", "inf"),
    "table.xlsx": b"PK",
    "file": "",
}

DATA, USAGE = 3, 2
CASES = [
    (DATA, ["nowhere.csv"], "which does not exist"),
    (DATA, ["godo.csv"], "did you mean 'good.csv'"),
    (DATA, ["brest-cancer"], "neither; did you mean 'breast-cancer'"),
    (DATA, ["."], "Received the folder"),
    (DATA, ["http://example.org/x.csv"], "Download it"),
    (DATA, ["table.xlsx"], "Save the table in one of these formats"),
    (DATA, ["empty.csv"], "Received an empty file"),
    (DATA, ["header.csv"], "Received the header alone"),
    (DATA, ["ragged.csv"], "Expected 3 cells in each line of ragged.csv"),
    (DATA, ["latin.csv"], "0xE4 in line 3 of latin.csv"),
    (DATA, ["binary.csv"], "bytes that are no text"),
    (DATA, ["good.csv", "--target", "outcom"], "'outcom', which it does not have; did you mean 'outcome'"),
    (DATA, ["good.csv", "--target", ""], "Received none. Give --target"),
    (DATA, ["one-class.csv"], "Received only 'ill', in 30 rows"),
    (DATA, ["rare.csv"], "Received fewer of 'odd' (1 row)"),
    (DATA, ["unlabelled.csv"], "Received 9 rows without one"),
    (DATA, ["only.csv"], "Received no other column"),
    (DATA, ["infinite.csv"], "Received inf in data row 3"),
    (DATA, ["good.csv", "--task", "regression"], "a regression predicts numbers"),
    (USAGE, ["good.csv", "--task", "regress"], "`task` expected"),
    (USAGE, ["good.csv", "--optimizer", "adma"], "did you mean 'adamax' or 'adam'"),
    (USAGE, ["good.csv", "--activation", "rellu"], "did you mean 'relu'"),
    (USAGE, ["good.csv", "--epochs", "0"], "`epochs` expected a whole number of 1 or more"),
    (USAGE, ["good.csv", "--batch-size", "-3"], "`batch_size` expected"),
    (USAGE, ["good.csv", "--hidden", "8,0"], "`hidden` expected"),
    (USAGE, ["good.csv", "--hidden", "9999999999"], "100,000,000 parameters"),
    (USAGE, ["good.csv", "--test", "0"], "`test` expected a share above 0 and below 1"),
    (USAGE, ["good.csv", "--validation", "1"], "`validation` expected"),
    (USAGE, ["good.csv", "--dropout", "1"], "`dropout` expected"),
    (USAGE, ["good.csv", "--learning-rate", "nan"], "`learning_rate` expected a number above 0"),
    (USAGE, ["good.csv", "--seed", "-1"], "`seed` expected"),
    (USAGE, ["good.csv", "--out", "file"], "can be written. Received file: Not a directory"),
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with good and bad files."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("code", "words", "said"), CASES, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_bad_input(glassnet, here, code, words, said):
    given = words if "--target" in words else [*words, "--target", "outcome"]
    answer = glassnet("train", *given)
    message = " ".join(answer.err.split())
    assert answer.code == code and answer.out == "" and said in message and message.count("error: ") == 1
    assert sorted(file.name for file in here.iterdir()) == sorted(FILES)
    in_json = glassnet("train", *given, "--json")
    assert in_json.code == code and in_json.err == ""
    assert said in " ".join(in_json.json["error"].split()) and in_json.json["exit_code"] == code


def test_no_target_lists_the_columns(glassnet, here):
    answer = glassnet("train", "good.csv")
    assert answer.code == DATA and "one of: age, sex, outcome" in " ".join(answer.err.split())


def test_wrong_settings_stop_before_the_data_are_read(glassnet):
    assert "`epochs` expected" in glassnet("train", "nowhere.csv", "--epochs", "0").err
    assert "No optimizer" in glassnet("train", "nowhere.csv", "--optimizer", "adma").err


# Models.


def damaged(kind: str, whole: bytes) -> bytes:
    return {
        "cut off": whole[: len(whole) // 2],
        "altered": whole[:-3000] + bytes([whole[-3000] ^ 1]) + whole[-2999:],
        "not ours": b"hello",
        "empty": b"",
    }[kind]


@pytest.mark.parametrize("command", ["predict", "evaluate"])
@pytest.mark.parametrize("kind", ["cut off", "altered", "not ours", "empty"])
def test_a_model_file_that_is_damaged(glassnet, model, patients, tmp_path, kind, command):
    file = tmp_path / "bad.glass"
    file.write_bytes(damaged(kind, model.read_bytes()))
    answer = glassnet(command, file, patients)
    assert answer.code == 1 and answer.out == "" and answer.err.startswith("error: Expected")
    assert glassnet(command, file, patients, "--json").json["exit_code"] == 1


def test_a_model_file_that_would_unpack_to_too_much(glassnet, patients, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.glass", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", b" " * 200_000_000)
    answer = glassnet("predict", tmp_path / "bomb.glass", patients)
    assert answer.code == 1 and "error: Expected" in answer.err


def test_a_model_without_a_tables_preparation(glassnet, patients, tmp_path):
    from glassnet import Input, Sequential
    from glassnet.layers import Dense

    Sequential([Input((3,)), Dense(1)]).save(tmp_path / "m.glass")
    answer = glassnet("predict", tmp_path / "m.glass", patients)
    assert answer.code == 1 and "without the preparation" in " ".join(answer.err.split())


def test_model_and_table_in_the_wrong_order(glassnet, model, patients):
    answer = glassnet("predict", patients, model)
    assert answer.code == USAGE and f"glassnet predict {model} {patients}" in " ".join(answer.err.split())


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_model_that_is_not_there(glassnet, patients, tmp_path, command):
    answer = glassnet(command, tmp_path / "nowhere.glass", patients)
    assert answer.code == 1 and "there is no file" in " ".join(answer.err.split())
