"""One training step with its real numbers: forwards, the loss, backwards factor by factor, and the update."""

from glassnet.inspection.xrays.making import xray
from glassnet.inspection.xrays.record import LayerXRay, WeightXRay, XRay

__all__ = ["LayerXRay", "WeightXRay", "XRay", "xray"]
