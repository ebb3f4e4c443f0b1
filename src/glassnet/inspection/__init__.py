"""Computes what goes on inside a network: every number of a pass, gradients, attention, saliency, health."""

from glassnet.inspection.attribution import Attribution, integrated_gradients, saliency, smooth_grad
from glassnet.inspection.boundaries import Boundary, decision_boundary
from glassnet.inspection.costs import Cost, Costs, costs
from glassnet.inspection.dependence import Dependence, partial_dependence
from glassnet.inspection.importance import Importance, permutation_importance
from glassnet.inspection.landscapes import Landscape, WeightPath, loss_landscape
from glassnet.inspection.looking import LayerCall, Look, Number, look
from glassnet.inspection.occluding import grad_cam, occlusion
from glassnet.inspection.projecting import Projection, project, project_embedding
from glassnet.inspection.responses import (
    Activations,
    AttentionMaps,
    TopRows,
    activations,
    attention_maps,
    top_rows,
)
from glassnet.inspection.slopes import Gradients, gradients
from glassnet.inspection.vital_signs import LayerVitals, Vitals, vitals
from glassnet.inspection.weighing import LayerWeights, layer_weights
from glassnet.inspection.xrays import LayerXRay, WeightXRay, XRay, xray

__all__ = [
    "Activations",
    "AttentionMaps",
    "Attribution",
    "Boundary",
    "Cost",
    "Costs",
    "Dependence",
    "Gradients",
    "Importance",
    "Landscape",
    "LayerCall",
    "LayerVitals",
    "LayerWeights",
    "LayerXRay",
    "Look",
    "Number",
    "Projection",
    "TopRows",
    "Vitals",
    "WeightPath",
    "WeightXRay",
    "XRay",
    "activations",
    "attention_maps",
    "costs",
    "decision_boundary",
    "grad_cam",
    "gradients",
    "integrated_gradients",
    "layer_weights",
    "look",
    "loss_landscape",
    "occlusion",
    "partial_dependence",
    "permutation_importance",
    "project",
    "project_embedding",
    "saliency",
    "smooth_grad",
    "top_rows",
    "vitals",
    "xray",
]
