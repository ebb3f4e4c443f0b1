from glassnet.diagnosis import Evidence, Verdict

FULL = Verdict(
    "overfitting",
    0.93,
    "Validation loss rose < and rose.",
    34,
    (Evidence("val_loss_rise", 0.4, "it rose by 0.4"), Evidence("train_loss", 0.1, "training loss 0.1")),
    ("Stop earlier.", "Add dropout."),
)


def test_a_terminal_shows_everything_and_marks_what_decided():
    assert repr(FULL).splitlines() == [
        "Overfitting  (93 % sure, since epoch 34)",
        "  Validation loss rose < and rose.",
        "    ▸ it rose by 0.4",
        "    · training loss 0.1",
        "  1. Stop earlier.",
        "  2. Add dropout.",
    ]
    assert str(FULL) == repr(FULL)


def test_lines_are_no_longer_than_a_page_is_wide():
    long = Verdict("good_fit", 0.5, "word " * 80, actions=("act " * 80,))
    assert max(len(line) for line in repr(long).splitlines()) <= 100


def test_a_notebook_gets_safe_html():
    page = FULL._repr_html_()
    assert "rose &lt; and rose" in page and "<b>it rose by 0.4</b>" in page and "<li>training loss 0.1</li>" in page
    assert "#9a5b00" in page and "#2f7d4f" in Verdict("good_fit", 0.5, "Fine.")._repr_html_()
