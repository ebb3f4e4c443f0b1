"""glassnet check: findings for people and as JSON, and exit code 3 for an error in the data."""

import numpy as np
import pytest


@pytest.fixture
def file(tmp_path):
    def write(age="31"):
        random = np.random.default_rng(0)
        lines = ["age,ward,height,outcome"]
        cells = zip(random.normal(50, 9, 60), random.normal(size=60), random.integers(0, 2, 60), strict=True)
        lines += [f"{old:.1f},A,{tall:.2f},{'ill' if ill else 'well'}" for old, tall, ill in cells]
        lines.append(f"{age},A,0.1,ill")
        path = tmp_path / "patients.csv"
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_findings_stand_under_their_severity_with_what_to_do(glassnet, file):
    said = glassnet("check", file(), "--target", "outcome")
    assert said.code == 0 and not said.err
    lines = said.out.splitlines()
    assert lines[0].startswith("Data        patients.csv: 61 rows, 3 columns")
    assert "Warning     Constant column: column 'ward'" in lines
    assert any(line.startswith("            → ") for line in lines)
    assert "Found       1 warning in 61 rows; nothing stops training: glassnet train" in said.out


def test_an_error_in_the_data_is_exit_code_3(glassnet, file):
    said = glassnet("check", file("inf"), "--target", "outcome")
    assert said.code == 3
    assert "Error       NaN or infinity: column 'age', row 61" in said.out and "correct the error first" in said.out


def test_json_is_one_object(glassnet, file):
    said = glassnet("check", file("inf"), "--target", "outcome", "--json")
    assert said.code == said.json["exit_code"] == 3 and said.json["target"] == "outcome"
    assert {"kind", "severity", "columns", "rows", "evidence", "sentence", "fix"} <= set(said.json["findings"][0])


def test_a_built_in_table_knows_its_target(glassnet):
    said = glassnet("check", "moons")
    assert said.code == 0 and "nothing found in 400 rows" in said.out


def test_a_wrong_column_is_named_with_the_nearest(glassnet, file):
    said = glassnet("check", file(), "--target", "outcom")
    assert said.code == 3 and "did you mean 'outcome'" in " ".join(said.err.split())
