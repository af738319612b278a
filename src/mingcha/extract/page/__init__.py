"""A recorded visit of a site → facts. What each page measures stands in `measure`, what engines find in `checks`."""
