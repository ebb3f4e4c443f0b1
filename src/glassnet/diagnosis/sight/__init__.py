"""What the rows and a second try say of a training, beyond its curves."""
