"""The transparency log of the ledger: RFC 6962 hashing, C2SP tlog-tiles on disk, signed checkpoints. No Django here.

Whoever has the folder and the verifier's key can check inclusion and consistency with tools of their own.
"""
