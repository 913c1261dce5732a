"""New folders in the place of old ones."""

import pytest

from installer import swap


def test_a_killed_run_is_cleared_up(tmp_path):
    target, old = tmp_path / "thing", tmp_path / ".thing-old"
    old.mkdir()
    (old / "a").write_text("old")
    (tmp_path / ".thing-new").mkdir()
    with pytest.raises(RuntimeError), swap.staged(target):
        assert (target / "a").read_text() == "old"
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]
