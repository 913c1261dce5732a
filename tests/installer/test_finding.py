"""Every GIMP on Linux, Windows and macOS, found in folders made up as they are there."""

import plistlib
from pathlib import Path

import pytest

from installer import InstallError
from installer.finding import linux, macos, windows
from installer.finding.found import Found
from installer.finding.here import NoGimpError, choose


def program(file: Path, says: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\nprintf '{says}'\n")
    file.chmod(0o755)
    return file


def gimp(file: Path, version: str) -> Path:
    return program(file, f"GNU Image Manipulation Program version {version}\\n")


def test_the_programs_of_one_gimp_are_one(tmp_path):
    for name in ("gimp", "gimp-3.2", "gimp-console", "gimp-console-3.2"):
        gimp(tmp_path / name, "3.2.6")
    assert [one.place for one in linux.find(str(tmp_path), tmp_path)] == [
        str(tmp_path / "gimp-console-3.2")
    ]


def test_two_versions_beside_each_other_are_two(tmp_path):
    gimp(tmp_path / "gimp-console-3.0", "3.0.4")
    gimp(tmp_path / "gimp-console-3.2", "3.2.6")
    found = linux.find(str(tmp_path), tmp_path)
    assert {one.version for one in found} == {"3.0.4", "3.2.6"}


@pytest.mark.parametrize("version", ["2.10.38", "2.99.18"])
def test_an_older_gimp_is_refused_with_advice(tmp_path, version):
    gimp(tmp_path / "gimp", version)
    (found,) = linux.find(str(tmp_path), tmp_path)
    assert "install GIMP 3.0 or later" in found.refusal


def test_flatpaks_of_user_and_system_are_told_apart(tmp_path):
    rows = "org.gimp.GIMP\\t3.2.4\\tstable\\tuser\\norg.gimp.GIMP\\t3.0.8\\tstable\\tsystem\\n"
    program(tmp_path / "flatpak", rows + "org.other\\t1\\tstable\\tuser\\n")
    user, system = linux.find(str(tmp_path), tmp_path)
    assert (user.kind, user.version) == ("Flatpak of the user", "3.2.4")
    assert system.command[1:] == ("run", "--system", "org.gimp.GIMP//stable")


def test_what_a_flatpak_exports_is_not_a_second_gimp(tmp_path):
    gimp(tmp_path / "flatpak/exports/bin/gimp", "3.2.4")
    assert not list(linux.find(str(tmp_path / "flatpak/exports/bin"), tmp_path))


@pytest.mark.parametrize("folder", ["Applications", "Downloads", ".local/bin", ""])
def test_appimages_are_found_where_people_keep_them(tmp_path, folder):
    file = program(tmp_path / folder / "GIMP-3.2.4-x86_64.AppImage")
    (found,) = linux.find("", tmp_path)
    assert (found.kind, found.place, found.version) == ("AppImage", str(file), "3.2.4")


def test_an_appimage_can_be_named(tmp_path):
    file = program(tmp_path / "my gimp.AppImage")
    assert linux.named(str(file)).kind == "AppImage"


def test_a_snap_is_refused_with_advice(tmp_path):
    program(tmp_path / "snap")
    (tmp_path / "gimp").symlink_to("snap")
    (found,) = linux.find(str(tmp_path), tmp_path)
    assert "Flathub" in found.refusal


def on_windows(folder: Path, **more: str) -> dict[str, str]:
    return {"LOCALAPPDATA": str(folder / "Local"), "ProgramFiles": str(folder / "Programs"),
            "PROCESSOR_ARCHITECTURE": "AMD64", **more}  # fmt: skip


def test_windows_has_gimp_for_a_user_for_all_and_from_the_store(tmp_path):
    program(tmp_path / "Local/Programs/GIMP 3/bin/gimp-console-3.2.exe")
    program(tmp_path / "Programs/GIMP 3/bin/gimp-console-3.0.exe")
    program(tmp_path / "Local/Microsoft/WindowsApps/gimp-console-3.2.exe")
    found = list(windows.find(on_windows(tmp_path), iter(())))
    assert [(one.kind, one.version) for one in found] == [
        ("installed for the user", "3.2"),
        ("installed for all", "3.0"),
        ("Store", "3.2"),
    ]


def test_windows_notes_where_gimp_was_put(tmp_path):
    program(tmp_path / "elsewhere/bin/gimp-console-3.2.exe")
    (found,) = windows.find(on_windows(tmp_path), iter([tmp_path / "elsewhere"]))
    assert found.version == "3.2"


def test_gimp_2_on_windows_is_refused(tmp_path):
    program(tmp_path / "Programs/GIMP 2/bin/gimp-console-2.10.exe")
    (found,) = windows.find(on_windows(tmp_path), iter(()))
    assert "2.10" in found.refusal


@pytest.mark.parametrize("name", ["PROCESSOR_ARCHITECTURE", "PROCESSOR_ARCHITEW6432"])
def test_windows_on_arm_is_refused_with_advice(tmp_path, name):
    program(tmp_path / "Programs/GIMP 3/bin/gimp-console-3.2.exe")
    (found,) = windows.find(on_windows(tmp_path, **{name: "ARM64"}), iter(()))
    assert "Intel or AMD" in found.refusal


def app(folder: Path, version: str = "3.2.4") -> Path:
    program(folder / "GIMP.app/Contents/MacOS/gimp-console-3.2")
    program(folder / "GIMP.app/Contents/MacOS/gimp")
    facts = plistlib.dumps({"CFBundleShortVersionString": version})
    (folder / "GIMP.app/Contents/Info.plist").write_bytes(facts)
    return folder / "GIMP.app"


def test_apps_on_a_mac_are_found_for_all_and_for_the_user(tmp_path):
    apps = [app(tmp_path / "Applications"), app(tmp_path / "home/Applications")]
    found = list(macos.find(tmp_path, tmp_path / "home", "arm64"))
    assert [one.place for one in found] == [str(one) for one in apps]
    assert found[0].command[0].endswith("gimp-console-3.2")
    assert found[0].version == "3.2.4"


def test_homebrews_app_is_named_so(tmp_path):
    app(tmp_path / "Applications")
    (tmp_path / "opt/homebrew/Caskroom/gimp").mkdir(parents=True)
    (found,) = macos.find(tmp_path, tmp_path / "home", "arm64")
    assert found.kind == "Homebrew's app"


def test_macs_with_intel_are_refused_with_advice(tmp_path):
    app(tmp_path / "Applications")
    (found,) = macos.find(tmp_path, tmp_path / "home", "x86_64")
    assert "Apple processor" in found.refusal


PACKAGE = Found("installed", "/usr/bin/gimp", ("gimp",), "3.0.4")
FLATPAK = Found("Flatpak of the user", "org.gimp.GIMP//stable", ("flatpak",), "3.2.6")
OLD = Found("installed", "/opt/gimp", ("gimp",), "2.10.38", "it is old")


def test_the_only_one_that_can_be_used_is_taken():
    assert choose([OLD, PACKAGE], []) == [PACKAGE]


def test_all_are_those_that_can_be_used():
    assert choose([OLD, PACKAGE, FLATPAK], ["all"]) == [PACKAGE, FLATPAK]


@pytest.mark.parametrize("name", ["flatpak", "3.2", "3.2.6", "2", "org.gimp.GIMP//stable"])
def test_a_gimp_goes_by_kind_version_number_and_place(name):
    assert choose([OLD, PACKAGE, FLATPAK], [name]) == [FLATPAK]


def test_several_are_not_guessed_among():
    with pytest.raises(InstallError, match="1: GIMP 3.0.4.*2: GIMP 3.2.6"):
        choose([PACKAGE, FLATPAK], [])


def test_a_refused_one_says_why():
    with pytest.raises(NoGimpError, match="it is old"):
        choose([OLD], [])
