"""What is told reaches whoever listens, and nobody else."""

import threading

import pytest

from colorfix_core.messages import listening, tell


def test_a_listener_hears_each_sentence_once():
    with listening() as told:
        tell("one")
        tell("two")
        tell("one")
    assert told == ["one", "two"]


def test_the_innermost_listener_hears():
    with listening() as outer:
        tell("before")
        with listening() as inner:
            tell("inside")
        tell("after")
    assert (outer, inner) == (["before", "after"], ["inside"])


def test_without_a_listener_it_is_a_warning():
    with pytest.warns(UserWarning, match="read this"):
        tell("read this")


def test_threads_do_not_hear_each_other():
    heard = {}

    def work(name):
        with listening() as told:
            barrier.wait()
            tell(name)
            barrier.wait()
        heard[name] = told

    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {"a": ["a"], "b": ["b"]}
