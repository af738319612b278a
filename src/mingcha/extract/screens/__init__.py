"""Walks through the screens of an app: node trees, pictures and steps as measurements (docs/screens.md)."""
