"""Which torch is installed: no card is needed to decide, and to see what would be fetched."""

import json
import sys

import pytest

from installer import cards, installing, runtime, space
from installer.plan import CPU, CUDA, PURPOSE, SYSTEM, Plan, Python, Wish, for_itself, for_system
from installer.uv import Uv

VERSION = sys.version_info[:2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="CUDA is for Linux only")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user who has installed nothing yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def names(plan: Plan) -> set[str]:
    return {one.name for one in plan.packages}


def test_without_a_word_torch_is_for_the_processor():
    plan = for_itself(VERSION, Wish())
    torch = next(one for one in plan.packages if one.name == "torch")
    assert plan.torch == CPU and torch.version.endswith("+cpu")
    assert not [name for name in names(plan) if name.startswith(("nvidia", "cuda", "triton"))]
    assert space.TORCH_CPU in plan.parts and space.TORCH_CUDA not in plan.parts


def test_cuda_comes_with_all_that_it_needs_and_is_told_by_its_size():
    plan = for_itself(VERSION, Wish(CUDA))
    torch = next(one for one in plan.packages if one.name == "torch")
    assert plan.torch == CUDA and not torch.version.endswith("+cpu")
    assert {"triton", "nvidia-cublas", "nvidia-cudnn-cu13"} <= names(plan)
    assert space.TORCH_CUDA in plan.parts and space.TORCH_CPU not in plan.parts


def test_who_has_once_asked_for_cuda_keeps_it(home):
    plan = for_itself(VERSION, Wish(CUDA))
    plan.folder.mkdir(parents=True)
    (plan.folder / PURPOSE).write_text(json.dumps(plan.purpose))
    assert for_itself(VERSION, Wish()).torch == CUDA
    assert for_itself(VERSION, Wish(CPU)).torch == CPU


def test_cuda_is_not_borrowed_from_the_system():
    python = Python(sys.executable, VERSION)
    assert for_system(python, Wish(CUDA)).torch == CUDA
    assert for_system(python, Wish()).torch in (SYSTEM, CPU)


@pytest.mark.parametrize(
    ("wish", "fetches"), [(CPU, ["--torch-backend cpu"]), (CUDA, [])], ids=["cpu", "cuda"]
)
def test_only_the_build_without_cuda_comes_from_another_index(monkeypatch, wish, fetches):
    calls = []

    class Recorder(Uv):
        def run(self, *arguments, **_more):
            calls.append(" ".join(arguments))
            return sys.executable

    uv = Recorder(None, {"UV_FIND_LINKS": ""})
    monkeypatch.setattr(runtime.uvs, "provide", lambda *_given: uv)
    monkeypatch.setattr(runtime, "run_quietly", lambda _command: "")
    with runtime.ready(for_itself(VERSION, Wish(wish))) as made:
        folder = runtime.places.data_folder()
        assert made.python.startswith(str(folder))
    installs = [call for call in calls if call.startswith("pip install")]
    assert all("--require-hashes" in call for call in installs)
    assert [call[call.index("--torch") :] for call in installs if "--torch" in call] == fetches


def planned() -> list[Plan]:
    return [for_itself(VERSION, Wish())]


@pytest.mark.parametrize(("answer", "torch"), [("y", CUDA), ("", None), ("n", None)])
def test_with_a_card_the_user_is_asked(monkeypatch, answer, torch):
    asked = []
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or answer)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    wish = installing.with_card(Wish(), planned(), agreed=False, found=True)
    assert wish.torch == torch
    assert "2.8 GB" in asked[0]


def test_who_cannot_be_asked_is_told(capsys):
    assert installing.with_card(Wish(), planned(), agreed=True, found=True) == Wish()
    assert "--cuda installs torch for it" in capsys.readouterr().out


@pytest.mark.parametrize("wish", [Wish(CPU), Wish(CUDA)], ids=["cpu", "cuda"])
def test_who_has_said_what_is_wanted_hears_nothing(capsys, wish):
    assert installing.with_card(wish, planned(), agreed=False, found=True) == wish
    assert installing.with_card(Wish(), planned(), agreed=False, found=False) == Wish()
    assert capsys.readouterr().out == ""


def test_a_card_is_known_by_its_driver(tmp_path):
    assert not cards.has_nvidia(tmp_path)
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    (tmp_path / "proc/driver/nvidia/version").write_text("NVRM version: 1\n")
    assert cards.has_nvidia(tmp_path)
