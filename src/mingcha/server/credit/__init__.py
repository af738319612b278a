"""Credit files: what operators have to their credit and against it, by dated rules, each with its act and a way to appeal."""
