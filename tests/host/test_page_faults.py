import resource

import pytest

from perfdiag.errors import NoData
from perfdiag.host import page_faults
from perfdiag.host.page_faults import price


def test_the_price_of_a_page_fault_is_between_that_of_a_memory_access_and_that_of_a_disk():
    assert 2e-8 < price() < 1e-3


def test_it_is_measured_once():
    price()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert price() == price()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 64


def test_without_memory_there_is_no_price(monkeypatch):
    def refused(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(page_faults.mmap, "mmap", refused)
    with pytest.raises(NoData, match="Cannot allocate memory"):
        price.__wrapped__()
