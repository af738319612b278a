"""Where values go: from the calls that yield personal information to the calls that take it away, and
constants that say how something is done."""
