"""Live systems → exhibits. Nothing here judges; what could not be seen is written down as such."""
