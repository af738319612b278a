"""Campaigns: a plan over many subjects, its phases and targets, and how far it is."""
