"""Data set curation, training and evaluation; never imported at run time."""
