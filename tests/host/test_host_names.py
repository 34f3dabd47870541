"""Names that no file can have: what a target writes into its own files may end up in one."""

import pytest

from perfdiag.errors import NoData
from perfdiag.host import Host


@pytest.mark.parametrize("read", [Host.proc, Host.sys, Host.link_proc, Host.list_proc, Host.list_sys])
def test_a_name_with_a_null_byte_is_that_of_nothing(read):
    with pytest.raises(NoData, match="no file has such a name"):
        read(Host(), "a\0b")
