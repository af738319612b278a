"""Administration: organisations, persons, their roles, and getting them back in."""
