"""keeping: states of their own, few enough."""

import numpy as np

from glassnet.diagnosis.health import keeping
from glassnet.training.moments import Moment
from glassnet.training.step import TrainState


def test_a_kept_state_does_not_keep_alive_what_it_was_cut_from():
    several = np.zeros((50, 4), "float32")
    moment = Moment(3, lambda: TrainState({"w": several[2]}, {}, None, np.int32(7)), None, 0, None)
    kept = keeping.kept(moment, 1.5)
    assert kept.state.params["w"].base is None
    assert (kept.moment.done, kept.seconds, int(kept.state.step)) == (3, 1.5, 7)
    assert keeping.size_of(kept.state) == 4 * 4 + 4


def test_thinning_keeps_the_first_and_the_last():
    for count in range(2, 9):
        left = keeping.thinned(list(range(count)))
        assert left[0] == 0 and left[-1] == count - 1
        assert len(left) <= count // 2 + 1
