"""Training: the one step, two ways to run it, and the loop over epochs."""
