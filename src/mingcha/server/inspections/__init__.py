"""Inspections by the office itself: uploads, the queue that runs them, their pages, evidence, what came back again."""
