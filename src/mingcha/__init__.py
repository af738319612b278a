"""mingcha (明察): from a package file to a closed case, with evidence that stands up."""

__version__ = "0.1.0"
