"""Networks by name."""

from crossbar.nn.graph import NETWORKS
from crossbar.nn.networks.leti_cnn import leti_cnn

__all__ = ["NETWORKS", "leti_cnn"]
