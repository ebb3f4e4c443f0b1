"""Bytes of event files from TensorBoard's own protocol buffers; run where ``pip install tensorboard`` was done."""

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary

SCALAR = Summary.Value(tag="loss", simple_value=0.5)
SPREAD = HistogramProto(min=2, max=2, num=3, sum=6, sum_squares=12, bucket_limit=[2], bucket=[3])
GRAPH = GraphDef(node=[NodeDef(name="a", op="Input"), NodeDef(name="b", op="Dense", input=["a"])])
GRAPH.versions.producer = 22

for content in (
    {"summary": Summary(value=[SCALAR])},
    {"summary": Summary(value=[Summary.Value(tag="w", histo=SPREAD)])},
    {"graph_def": GRAPH.SerializeToString(deterministic=True)},
):
    print(Event(wall_time=1.5, step=300, **content).SerializeToString(deterministic=True).hex())
