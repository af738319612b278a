"""What runs of a package's code, from where, and past which flags."""
