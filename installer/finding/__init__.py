"""Where GIMP may be, on each system, without starting it."""
