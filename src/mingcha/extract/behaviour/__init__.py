"""Run-time behaviour logs → facts: who called which sensitive interface, when, in which state of the app."""
