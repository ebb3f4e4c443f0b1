"""The command line. It shows; it computes nothing."""
