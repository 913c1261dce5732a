"""Work on several threads: all of it, once, and errors come out."""

import threading
import time

import pytest

from colorfix_core import parallel


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_every_job_is_done_once(workers):
    done = []
    parallel.spread(done.append, [(number,) for number in range(200)], workers)
    assert sorted(done) == list(range(200))


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_comes_out_and_ends_the_rest(workers):
    done = []

    def work(number):
        if number == 5:
            raise RuntimeError("job 5")
        time.sleep(0.001)
        done.append(number)

    with pytest.raises(RuntimeError, match="job 5"):
        parallel.spread(work, [(number,) for number in range(2000)], workers)
    assert len(done) < 1999


def test_results_come_in_order_and_items_from_the_calling_thread():
    here, fetched = threading.get_ident(), []

    def items():
        for number in range(5):
            fetched.append(threading.get_ident())
            yield number

    assert list(parallel.ahead(lambda n: (n, threading.get_ident() != here), items())) == [
        (number, True) for number in range(5)
    ]
    assert set(fetched) == {here}


def test_the_next_item_is_fetched_while_one_is_worked_on():
    next_is_fetched = threading.Event()

    def items():
        yield 1
        next_is_fetched.set()
        yield 2

    def work(number):
        assert next_is_fetched.wait(10)
        return number

    assert list(parallel.ahead(work, items())) == [1, 2]


def test_an_error_of_the_work_comes_out():
    with pytest.raises(ZeroDivisionError):
        list(parallel.ahead(lambda number: 1 / number, [1, 0]))
