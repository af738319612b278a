"""What comes in: leads from files, what is attached to them, and working through many of them."""
