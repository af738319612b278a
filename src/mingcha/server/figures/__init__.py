"""Statistics: every figure is counted from events of the ledger, in the order of its log."""
