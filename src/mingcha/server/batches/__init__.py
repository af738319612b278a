"""Batches: public namings, take-down orders and corrections, signed by two and frozen when they are issued."""
