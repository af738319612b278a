"""`python -m mingcha` is `mingcha`."""

from mingcha.cli import main

main()
