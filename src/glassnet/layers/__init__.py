"""Layers: what a network is put together from."""

from glassnet.foundation.layer import Layer
from glassnet.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from glassnet.layers.dense import Dense
from glassnet.layers.dropout import Dropout
from glassnet.layers.flatten import Flatten
from glassnet.layers.inputs import Input, InputLayer, SymbolicArray

__all__ = [
    "ELU",
    "Activation",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "Softmax",
    "SymbolicArray",
]
