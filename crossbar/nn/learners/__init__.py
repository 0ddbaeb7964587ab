"""Learning rules, one a file."""

from crossbar.nn.learners.base import LEARNERS, Backpropagation, Learner
from crossbar.nn.learners.minibatch import Minibatch
from crossbar.nn.learners.momentum import Momentum
from crossbar.nn.learners.sequential import Sequential

__all__ = ["LEARNERS", "Backpropagation", "Learner", "Minibatch", "Momentum", "Sequential"]
