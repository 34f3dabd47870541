import os
import socket

from perfdiag.host.unix_peer import unix_peer


def inode(one):
    return os.fstat(one.fileno()).st_ino


def test_each_end_of_a_pair_is_the_others_peer():
    one, other = socket.socketpair()
    with one, other:
        assert (inode(other), inode(one)) == (unix_peer(inode(one)), unix_peer(inode(other)))


def test_a_client_leads_to_the_socket_that_was_accepted_for_it(tmp_path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        client.connect(str(tmp_path / "socket"))
        accepted, _ = server.accept()
        with accepted:
            assert inode(accepted) == unix_peer(inode(client))
        assert 0 == unix_peer(inode(server))


def test_what_is_no_socket_has_no_peer():
    assert (0, 0) == (unix_peer(1), unix_peer(0xFFFFFFFF))
