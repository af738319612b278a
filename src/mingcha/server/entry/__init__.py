"""How somebody gets in: password, second factor, sign-in by a provider, sessions."""
