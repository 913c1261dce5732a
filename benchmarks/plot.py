"""Time against megapixels, drawn."""

from __future__ import annotations

from benchmarks.contenders import contenders
from benchmarks.pictures import look, photo
from benchmarks.timing import race

MEGAPIXELS = (0.1, 0.3, 1, 3, 10, 30, 100, 200)
KINDS = (("float32", 4, "32-bit float RGBA"), ("uint8", 3, "8-bit RGB"))
SHOWN = {
    "OpenColorIO, one call": "tab:orange",
    "colorfix": "tab:blue",
    "colorfix by numpy": "tab:green",
    "memory copy": "tab:gray",
}


def draw(path: str) -> str:
    """Time all sizes, save a picture, and return the figures as a table."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(9, 3.6), sharey=True)
    lines = ["", "| kind | megapixels | " + " | ".join(SHOWN) + " |"]
    lines += ["| --- " * (len(SHOWN) + 2) + "|"]
    for panel, (dtype, channels, title) in zip(panels, KINDS, strict=True):
        seconds: dict[str, list[float]] = {name: [] for name in SHOWN}
        for size in MEGAPIXELS:
            times = _times(size, dtype, channels)
            for name, values in seconds.items():
                values.append(times.get(name, float("nan")))
            cells = " | ".join(f"{values[-1]:.4f} s" for values in seconds.values())
            lines.append(f"| {title} | {size:g} | {cells} |")
        for name, values in seconds.items():
            panel.loglog(MEGAPIXELS, values, marker="o", ms=3, label=name, color=SHOWN[name])
        panel.set(title=title, xlabel="megapixels")
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("seconds")
    panels[0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=80, pil_kwargs={"optimize": True})
    return "\n".join([*lines, f"\nPlot saved as {path}."])


def _times(megapixels: float, dtype: str, channels: int) -> dict[str, float]:
    image, lut = photo(megapixels, dtype, channels), look()
    runs = {name: run for name, run in contenders(lut, image).items() if name in SHOWN}
    rounds = 3 if megapixels >= 30 else 7
    return {name: result.usual for name, result in race(runs, image, rounds).items()}
