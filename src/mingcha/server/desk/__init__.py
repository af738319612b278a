"""The office's pages: public home, complaints, sign-in, leads, ledger, cases. They call services and decide nothing."""
