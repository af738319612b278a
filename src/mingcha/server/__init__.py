"""The office: people, registry, ledger and its log. The only part of mingcha that knows Django."""
