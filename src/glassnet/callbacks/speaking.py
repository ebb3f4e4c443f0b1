"""What callbacks say goes to stderr, so that stdout stays for data."""

import sys


def say(sentence: str) -> None:
    """Write one line.

    Example:
        >>> say("epoch 3: learning rate 0.001")
    """
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
