"""Training in circuit: one step of a small network as one transient, and loops of steps."""

from crossbar.spice.training.learning import Learner
from crossbar.spice.training.phases import Phases
from crossbar.spice.training.ranges import Ranges
from crossbar.spice.training.stages import StepDeck
from crossbar.spice.training.step import step_deck

__all__ = ["Learner", "Phases", "Ranges", "StepDeck", "step_deck"]
