"""What can be said on the command line, and what is said back when it cannot be understood."""

import re

import pytest

from glassnet.cli.options import UsageError, parse

MISUNDERSTOOD = [
    (["trian", "iris"], "unknown command 'trian'; did you mean train? Commands: train, "),
    (["frobnicate"], "unknown command 'frobnicate'. Commands: train, "),
    (["train", "iris", "--epocs", "5"], "unknown option --epocs; did you mean --epochs? See glassnet train --help."),
    (["train", "iris", "--optimzer=sgd"], "unknown option --optimzer; did you mean --optimizer?"),
    (["predict", "m", "d", "--outptu", "x"], "unknown option --outptu; did you mean --output?"),
    (["train", "iris", "--epoch", "5"], "did you mean --epochs?"),
    (["--versoin"], "unknown option --versoin; did you mean --version? See glassnet --help."),
    (["train"], "the following arguments are required: DATA. See glassnet train --help."),
    (["predict", "model.glass"], "required: DATA"),
    (["data", "extra"], "unrecognized arguments: extra"),
    (["train", "iris", "--epochs", "many"], "--epochs: expected a whole number; received 'many'"),
    (["train", "iris", "--test", "x"], "--test: expected a number; received 'x'"),
    (["train", "iris", "--hidden", "16;8"], "expected numbers of units such as 16,8, or none; received '16;8'"),
    (["train", "iris", "--fail-under", "95"], "at most 1, such as 0.9; received '95'"),
    (["train", "iris", "--fail-under", "nan"], "at most 1"),
    (["train", "iris", "--target"], "--target: expected one argument"),
]


@pytest.mark.parametrize(("words", "said"), MISUNDERSTOOD, ids=lambda value: value if isinstance(value, str) else None)
def test_a_word_that_is_not_understood_is_answered_with_what_was_meant(words, said, glassnet):
    with pytest.raises(UsageError) as raised:
        parse(words)
    assert said in str(raised.value)
    answer = glassnet(*words)
    assert answer.code == 2 and answer.out == "" and answer.err.startswith("error: ")


def test_a_usage_error_is_json_when_asked_for(glassnet):
    answer = glassnet("train", "--epocs", "3", "--json")
    assert answer.code == 2 and answer.err == ""
    assert answer.json["exit_code"] == 2 and "--epochs" in answer.json["error"]


@pytest.mark.parametrize(
    ("words", "hidden"), [("16,8", (16, 8)), ("5", (5,)), ("none", ()), ("", ()), (" 4, 2 ", (4, 2))], ids=str
)
def test_hidden_layers(words, hidden):
    assert parse(["train", "iris", "--hidden", words]).hidden == hidden


def test_options_may_stand_anywhere():
    assert parse(["--json", "train", "--epochs", "5", "iris"]).data == "iris"
    assert parse(["train", "iris", "--", "--odd"][:2]).json is False


def test_every_command_has_help_that_names_its_options(glassnet):
    for command, option in {
        "train": "--target",
        "evaluate": "--fail-under",
        "predict": "--output",
        "data": "--json",
    }.items():
        answer = glassnet(command, "--help")
        assert answer.code == 0 and option in answer.out and answer.err == ""


def test_without_a_command_and_with_help_the_commands_are_listed(glassnet):
    for words in ([], ["--help"], ["-h"]):
        answer = glassnet(*words)
        assert answer.code == 0 and "exit codes" in answer.out and "glassnet train breast-cancer" in answer.out


def test_the_version(glassnet):
    from glassnet import __version__

    assert glassnet("--version").out == f"glassnet {__version__}\n"


@pytest.mark.parametrize("columns", ["80", "200"])
def test_help_fits_eighty_columns_and_fills_them(glassnet, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    commands = re.findall(r"^    (\w+)  ", glassnet("--help").out, re.M)
    assert {"train", "resume", "lr", "compare", "check", "evaluate", "predict", "explain", "data"} <= set(commands)
    for words in ([], *([command] for command in commands)):
        wide = [line for line in glassnet(*words, "--help").out.splitlines() if len(line) > 80]
        assert not wide, wide
    assert "step by step\nsays where" in glassnet("lr", "--help").out
