"""ColorFixer: a picture in, a colour LUT out."""

from pathlib import Path

import numpy as np

from .errors import DeviceError, ModelError
from .lut import Lut3D
from .restraint import NOISE, keep_luminance_rising, shrink_to_signal
from .thumbnail import thumbnail

METHODS = ("lut", "balancer")
MAX_ITERATIONS = 10


class ColorFixer:
    """The loaded networks on one device; build it with `ColorFixer.load`.

    Attributes
    ----------
    device : "cpu", "cuda" or "cuda:N"; changes to "cpu" when CUDA memory runs out
    notes : sentences a user should read, such as that change of device
    """

    def __init__(self, models: Path, device: str):
        self.device = device
        self.notes: list[str] = []
        self._models = models
        self._load_networks()

    @classmethod
    def load(cls, device: str = "auto", models: Path | str | None = None) -> "ColorFixer":
        """Load the VAE and the predictor.

        Parameters
        ----------
        device : "auto" | "cpu" | "cuda" | "cuda:N"
        models : folder with vae/, predictor/ and balancer/; None: the weights that ship

        Raises
        ------
        ModelError : weights are missing, damaged, or do not belong together
        DeviceError : the device does not exist
        """
        return cls(Path(models) if models else default_models(), _choose_device(device))

    def predict(
        self,
        image: np.ndarray,
        iterations: int = 1,
        method: str = "lut",
        mask: np.ndarray | None = None,
        size: int = 33,
        thoroughness: float = 0.5,
    ) -> Lut3D:
        """The LUT that takes the coloured light out of a picture.

        Parameters
        ----------
        image : (H, W, 3) uint8, uint16 or float in [0, 1], sRGB-encoded
        iterations : 1 to 10; how often the correction is applied to its own result
        method : "lut" (direct) or "balancer" (by way of the balanced latent)
        mask : (H, W) weights in [0, 1]; 0 is not looked at
        size : points along each axis of the LUT, 2 to 256
        thoroughness : 0 careful (good photos stay as they are) to 1 (every cast goes); the
            balancer does not know it

        Raises
        ------
        ValueError : an argument is out of its range
        ImageError : the mask leaves nothing to look at
        ModelError : the balancer's weights are missing or damaged
        """
        return self.predict_steps(image, iterations, method, mask, size, thoroughness)[-1]

    def predict_steps(
        self,
        image: np.ndarray,
        iterations: int = 1,
        method: str = "lut",
        mask: np.ndarray | None = None,
        size: int = 33,
        thoroughness: float = 0.5,
    ) -> list[Lut3D]:
        """As `predict`, but the composed LUT after each of the iterations."""
        if not 1 <= iterations <= MAX_ITERATIONS:
            raise ValueError(f"iterations is 1 to {MAX_ITERATIONS}, not {iterations}")
        if method not in METHODS:
            raise ValueError(f"method is one of {METHODS}, not {method!r}")
        if not 0 <= thoroughness <= 1:
            raise ValueError(f"thoroughness is 0 to 1, not {thoroughness}")
        small = thumbnail(image, mask)
        steps: list[Lut3D] = []
        for _ in range(iterations):
            seen = steps[-1].apply(small) if steps else small
            lut = Lut3D(self._predict_table(seen, method, size, thoroughness))
            lut = shrink_to_signal(lut, seen, NOISE[method])
            steps.append(keep_luminance_rising(steps[-1].compose(lut, size) if steps else lut))
        return steps

    def describe(self) -> dict:
        """Which weights are in use, with their SHA-256."""
        from .weights import WEIGHTS, sha256

        found = {"folder": str(self._models), "vae": self._vae.sha256}
        for name in ("predictor", "balancer"):
            path = self._models / name / WEIGHTS
            found[name] = sha256(path) if path.is_file() else "missing"
        return found

    def _predict_table(
        self, small: np.ndarray, method: str, size: int, thoroughness: float
    ) -> np.ndarray:
        import torch

        try:
            return self._run_network(small, method, size, thoroughness)
        except torch.OutOfMemoryError:
            self._fall_back_to_cpu()
            return self._run_network(small, method, size, thoroughness)

    def _run_network(
        self, small: np.ndarray, method: str, size: int, thoroughness: float
    ) -> np.ndarray:
        import torch

        from .classical_estimates import clues

        with torch.inference_mode():
            picture = torch.from_numpy(np.ascontiguousarray(small, np.float32))
            picture = picture.permute(2, 0, 1)[None].to(self.device)
            latent = self._vae.encode(picture)
            if method == "lut":
                wish = picture.new_tensor([thoroughness])
                maps = self._predictor(latent, clues(picture, wish))
                return maps.tables(size)[0].cpu().numpy()
            from .balancer import balanced_table

            table = balanced_table(self._load_balancer(), self._vae, latent)
        return Lut3D(table.cpu().numpy()).resize(size).table

    def _load_networks(self) -> None:
        from .predictor import Predictor
        from .vae import Vae

        self._vae = Vae.load(self._models / "vae", self.device)
        self._predictor = self._load("predictor", Predictor)
        self._balancer = None

    def _load_balancer(self):
        if self._balancer is None:
            from .balancer import Balancer

            self._balancer = self._load("balancer", Balancer)
        return self._balancer

    def _load(self, name: str, kind: type):
        from .weights import load_network
        from .windows import AveragedFeatures

        network, _ = load_network(self._models / name, kind, self._vae.sha256, self.device)
        network.features = AveragedFeatures(network.features)
        return network

    def _fall_back_to_cpu(self) -> None:
        self.notes.append("The graphics card ran out of memory, so the CPU predicted instead.")
        self.device = "cpu"
        self._load_networks()


def default_models() -> Path:
    """The weights that ship: beside the package folder, or inside it once installed."""
    package = Path(__file__).resolve().parent
    for folder in (package.parent / "models", package / "models"):
        if folder.is_dir():
            return folder
    raise ModelError(
        f"The models folder is missing ({package.parent / 'models'}); "
        "run the installer again to restore it."
    )


def _choose_device(device: str) -> str:
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, index = device.partition(":")
    if kind == "cpu" and not index:
        return device
    if kind != "cuda" or (index and not index.isdigit()):
        raise DeviceError(f'The device "{device}" is unknown; use auto, cpu, cuda or cuda:1.')
    if int(index or 0) >= torch.cuda.device_count():
        raise DeviceError(f'The device "{device}" was not found here; use auto or cpu.')
    return device
