"""Privacy policies, SDK lists and other texts that tell users about their data → facts."""
