"""Webhooks: what happened goes to those who subscribed, at least once, in the order of the ledger's log."""
