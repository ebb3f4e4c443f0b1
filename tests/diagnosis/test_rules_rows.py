"""What the rows say, on cases made so that the answer is known."""

from dataclasses import replace

import pytest

from glassnet.diagnosis.case import Case, Told
from glassnet.diagnosis.judge import judge, judge_curves
from glassnet.diagnosis.sight.seen import Measured, Sight

GOOD = [0.69, 0.4, 0.25, 0.17, 0.13, 0.11] + [0.1] * 20
HEALTHY = Sight(
    classes=2,
    rows=400,
    val_rows=200,
    columns=4,
    base=0.69,
    train=Measured(0.1, 0.01),
    val=Measured(0.1, 0.02),
    lead=Measured(0.6, 0.02),
    train_lead=Measured(0.6, 0.01),
    hits=(0.97, 0.97),
    base_hits=0.5,
    rival_inner=Measured(0.5, 0.02),
    rival_excess=Measured(-0.05, 0.02),
    rival_change=Measured(0.0, 0.02),
    rival_share=0.7,
    telling=None,
    shared=(0.0, 0.0),
    inputs=(0.52, 0.5),
    answers=(0.02, 0.3),
    cooled=0.1,
    alike=False,
    parameters=50,
)


def judged(columns=(), rows=200, **changes):
    told = Told(baseline_loss=0.69, validation_rows=rows, columns=columns)
    made = Case({"loss": GOOD, "val_loss": GOOD}, told)
    made.__dict__.update(sight=replace(HEALTHY, **changes), race=None, flow=None)
    return judge(made)


def test_healthy_rows_are_a_good_fit():
    assert judged().kind == "good_fit"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"shared": (0.4, 0.0)}, "suspiciously_good"),
        ({"shared": (0.4, 0.4)}, "good_fit"),
        ({"telling": (2, 0.01, 0.5, 0.7)}, "suspiciously_good"),
        ({"telling": (2, 0.1, 0.15, 0.2)}, "good_fit"),
        ({"inputs": (0.9, 12.0)}, "distribution_shift"),
        ({"inputs": (0.75, 2.0)}, "good_fit"),
        ({"answers": (0.5, 12.0)}, "distribution_shift"),
        ({"rival_change": Measured(0.9, 0.05), "lead": Measured(0.1, 0.02)}, "distribution_shift"),
    ],
)
def test_what_is_wrong_with_rows_is_named(changes, kind):
    assert judged(**changes).kind == kind


def test_a_telling_column_is_named_where_names_are_known():
    found = {"telling": (1, 0.01, 0.5, 0.7)}
    assert "column 1 (counted from 0) alone" in judged(**found).sentence
    assert "column 'paid' alone" in judged(("age", "paid"), **found).sentence


@pytest.mark.parametrize(
    ("rows", "kind"), [(8, "too_little_validation"), (16, "too_little_validation"), (24, "good_fit")]
)
def test_few_validation_rows_praise_nothing(rows, kind):
    assert judged(rows=rows).kind == kind


def test_plain_harm_is_named_on_sixteen_rows_too():
    rising = [0.6, 0.5, 0.55] + [0.8 + 0.2 * n for n in range(20)]
    assert judge_curves({"loss": GOOD[:23], "val_loss": rising}, validation_rows=16).kind == "overfitting"
