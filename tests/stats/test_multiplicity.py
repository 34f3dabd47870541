import numpy as np
import pytest
from scipy import stats

from perfdiag.stats.multiplicity import benjamini_hochberg


def test_adjusted_p_values_agree_with_scipy():
    p = np.random.default_rng(1).random(200) ** 3
    assert stats.false_discovery_control(p) == pytest.approx(benjamini_hochberg(p))


def test_one_or_no_p_value_stays_as_it_is():
    assert [0.03] == benjamini_hochberg(np.array([0.03])).tolist()
    assert [] == benjamini_hochberg(np.array([])).tolist()
