"""Names are found by any part of them, Chinese too, without a dictionary."""
