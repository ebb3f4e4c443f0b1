"""plan: whole epochs in a call or step by step, how many epochs a call, and why."""

import pytest

from glassnet.training.plan import Plan, choose

SMALL = {
    "rows": 455,
    "data_bytes": 60_000,
    "state_bytes": 8_000,
    "parameters": 641,
    "streamed": False,
    "batch_hooks": False,
}


def test_small_work_runs_many_epochs_in_a_call_and_has_nothing_to_explain():
    plan = choose(**SMALL)
    assert plan.by_epoch and plan.epochs_a_call > 16 and plan.reason == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"streamed": True}, "rows come from an iterator"),
        ({"batch_hooks": True}, "a callback has hooks for single batches"),
        ({"data_bytes": 3 << 30}, "3072 MiB of data stay in the computer's memory"),
    ],
    ids=["stream", "hooks", "large data"],
)
def test_what_has_to_go_step_by_step_says_why(change, words):
    plan = choose(**{**SMALL, **change})
    assert not plan.by_epoch and plan.epochs_a_call == 1
    assert plan.reason.startswith("step by step: ") and words in plan.reason


def test_an_iterator_is_named_before_anything_else():
    plan = choose(**{**SMALL, "streamed": True, "batch_hooks": True, "data_bytes": 3 << 30})
    assert "iterator" in plan.reason


@pytest.mark.parametrize(
    ("change", "most"),
    [
        ({"state_bytes": 8 << 20}, 4),  # the state after each epoch is kept, 32 MiB in all
        ({"state_bytes": 40 << 20}, 1),
        ({"rows": 2_000_000, "parameters": 10}, 2),  # and the order of the rows of each epoch, 16 MiB in all
        ({"rows": 60_000, "parameters": 100_000}, 1),  # a long epoch fills a call by itself
        ({"rows": 0, "state_bytes": 0}, 64),
    ],
    ids=["large state", "huge state", "many rows", "long epochs", "nothing"],
)
def test_memory_and_long_epochs_bound_the_epochs_a_call(change, most):
    assert choose(**{**SMALL, **change}) == Plan(True, most)
