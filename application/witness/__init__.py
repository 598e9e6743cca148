"""The witness protocol (c2sp.org/tlog-witness): what a log sends, what a witness answers."""
