"""Where the numbers of the circuits come from: published, derived or assumed."""

from __future__ import annotations

from crossbar.devices.equations import StanfordPku, Vteam, Yakopcic
from crossbar.sources import Source, assumed, published, sourced
from crossbar.spice.neurons.circuit import NeuronCircuit
from crossbar.spice.synapse.circuit import Synapse
from crossbar.spice.synapse.mismatch import Mismatch
from crossbar.spice.synapse.slots import Sense

_KVATINSKY = published("Kvatinsky et al., IEEE TCAS-II 62(8):786, 2015")
_YAKOPCIC = published("Yakopcic et al., IEEE TCAD 32(8):1201, 2013")
_JIANG = published("Jiang et al., IEEE TED 63(5):1884, 2016")
_LETI = published("operating point of LETI 2026")
_NEURON = assumed("circuit of this project: 1 pF with 10 nS, read pulses of 0.2 V and 1 us")
_EVEN = assumed("found by a scan for even steps of the conductance")


def _named(place: str, sources: dict[str, Source]) -> dict[str, Source]:
    return {f"{place}.{name}": source for name, source in sources.items()}


def circuits() -> dict[str, dict[str, Source]]:
    """Return the source of every number of each circuit, by circuit and name of the number."""
    synapse = {
        "bits": published("4 to 8 bits of LETI 2026"),
        "v_dd slot": _LETI,
        "r_u v_in": assumed(
            "R_u = 60 kohm and V_in = 0.35 V, chosen together so that an operation lands near the "
            "published 87.36 fJ (the transistors are not published)"
        ),
        "write": assumed("half of the slot"),
        "w fan edge v_low temperature": assumed("circuit of this project"),
    }
    amplifier = {"r_f a0 gbw v_sat i_q": assumed("behavioural amplifier of this project")}
    vteam = {"r_on r_off w_on w_off k_on k_off a_on a_off v_on v_off": _KVATINSKY,
             "ramp x0": assumed("window at the ends, and start in the middle")}  # fmt: skip
    yakopcic = {"a1 a2 b vp vn ap an xp xn alpha_p alpha_n eta x0": _YAKOPCIC}
    pku = {"i0 g0 v0 vel0 ea a0 tox gamma0 beta t0 rth gap_min gap_max": _JIANG,
           "f_min": published("released Verilog-A model, doi 10.4231/D37H1DN48"),
           "ramp x0": assumed("window at the ends, and start in the middle")}  # fmt: skip
    pulses = {"v_set v_reset v_read t_set t_reset t_read t_edge": _EVEN}
    return {
        "cmos_synapse": sourced(Synapse(), synapse)
        | _named("sense", sourced(Sense(), amplifier))
        | _named(
            "mismatch",
            sourced(Mismatch(), {"a_vt sigma_r": assumed("2.5 mV um and 2 %, as is usual")}),
        ),
        "lif_neuron": sourced(
            NeuronCircuit(),
            {"v_read t_pulse edge ratio capacitance c_latch g_leak g_reset v_th": _NEURON},
        ),
        "vteam": sourced(Vteam(), vteam) | _named("pulses", sourced(Vteam.pulses, pulses)),
        "yakopcic": sourced(Yakopcic(), yakopcic)
        | _named("pulses", sourced(Yakopcic.pulses, pulses)),
        "stanford_pku": sourced(StanfordPku(), pku)
        | _named("pulses", sourced(StanfordPku.pulses, pulses | {"r_access": _EVEN})),
    }
