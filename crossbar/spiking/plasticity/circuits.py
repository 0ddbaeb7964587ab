"""Waveforms for the three memristors of spice_models/, which either alone leaves unmoved.

A plateau is 0.9 of the threshold on its side, a tail 0.6 of that on the other side (the word line
of VTEAM: 0.3; Stanford-PKU: 0.9 and 0.43 of the 1.05 V below which no gap moves). Widths are such
that the largest change in the middle of the range is some percent; tails last 20 plateaus of the
slower side. All this is assumed.
"""

from __future__ import annotations

from crossbar.devices.equations import StanfordPku, Vteam, Yakopcic
from crossbar.spiking.plasticity.device import DevicePlasticity
from crossbar.spiking.plasticity.rule import PLASTICITY
from crossbar.spiking.plasticity.waveform import SpikeWaveform

VTEAM_STDP = PLASTICITY.register("vteam", words="VTEAM memristor under overlapping spikes")(
    DevicePlasticity(
        cell=Vteam(),
        pre=SpikeWaveform(height=0.018, width=0.5e-6, tail=0.06, tau=10e-6),
        post=SpikeWaveform(height=0.18, width=4e-9, tail=0.012, tau=10e-6),
    )
)
YAKOPCIC_STDP = PLASTICITY.register(
    "yakopcic", words="Yakopcic memristor under overlapping spikes"
)(
    DevicePlasticity(
        cell=Yakopcic(),
        pre=SpikeWaveform(height=0.135, width=100e-6, tail=0.096, tau=2e-3),
        post=SpikeWaveform(height=0.144, width=100e-6, tail=0.09, tau=2e-3),
    )
)
STANFORD_PKU_STDP = PLASTICITY.register(
    "stanford-pku", words="Stanford-PKU memristor under overlapping spikes"
)(
    DevicePlasticity(
        cell=StanfordPku(),
        pre=SpikeWaveform(height=0.95, width=10e-9, tail=0.45, tau=200e-9),
        post=SpikeWaveform(height=0.95, width=10e-9, tail=0.45, tau=200e-9),
    )
)
