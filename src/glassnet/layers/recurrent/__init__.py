"""Recurrent layers: what is seen at one step changes what the next steps make of theirs."""

from glassnet.layers.recurrent.bidirectional import Bidirectional
from glassnet.layers.recurrent.convolutional import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from glassnet.layers.recurrent.gru import GRU, GRUCell
from glassnet.layers.recurrent.lstm import LSTM, LSTMCell
from glassnet.layers.recurrent.rnn import RNN, StackedRNNCells
from glassnet.layers.recurrent.simple import SimpleRNN, SimpleRNNCell
from glassnet.layers.recurrent.time_distributed import TimeDistributed

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Bidirectional",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "GRUCell",
    "LSTMCell",
    "SimpleRNN",
    "SimpleRNNCell",
    "StackedRNNCells",
    "TimeDistributed",
]
