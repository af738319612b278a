"""SDKs told without their names: what renaming, moving and shrinking leave of their code."""
