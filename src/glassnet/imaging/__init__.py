"""Imaging: the arithmetic of pictures in plain functions, for layers and for data alike."""
