"""Which packages pip installs; everything else about them is in pyproject.toml."""

from setuptools import find_packages, setup

# The models lie beside the code, and travel inside it.
setup(
    packages=[
        *find_packages(include=["colorfix_core*", "colorfix_training*"]),
        "colorfix_core.models",
    ],
    package_dir={"colorfix_core.models": "models"},
)
