"""How fast LUTs are applied, and how long a prediction takes: ``python -m benchmarks``."""
