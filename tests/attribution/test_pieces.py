from perfdiag.attribution.pieces import Pieces

ONE, TWO, ELSEWHERE = (0, 11), (0, 12), (1, 13)


def test_a_function_that_a_worker_came_back_from_is_a_piece_of_work_for_all_of_its_group():
    pieces = Pieces()
    for key, job in ((ONE, "render"), (TWO, "render"), (ELSEWHERE, "render"), (ONE, "")):
        pieces.see(key, "workers", job)
    assert pieces.in_piece(TWO, "workers")
    assert not pieces.in_piece(TWO, "others")
    assert not pieces.in_piece(ELSEWHERE, "workers")


def test_a_function_that_nobody_left_may_be_a_loop():
    pieces = Pieces()
    pieces.see(ONE, "workers", "")
    pieces.see(ONE, "workers", "consume")
    assert not pieces.in_piece(ONE, "workers")


def test_a_worker_without_a_job_is_in_no_piece_of_work():
    pieces = Pieces()
    for job in ("render", ""):
        pieces.see(ONE, "workers", job)
    assert not pieces.in_piece(ONE, "workers")


def test_workers_that_have_ended_are_forgotten():
    pieces = Pieces()
    pieces.see(ONE, "workers", "render")
    pieces.forget(ONE)
    assert not pieces.in_piece(ONE, "workers")
    assert not pieces._jobs
