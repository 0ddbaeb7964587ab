"""Monitors: statistics that every event updates, and alerts with their reason."""

from crossbar.neurosemantic.monitors.dns import DnsMonitor
from crossbar.neurosemantic.monitors.failures import FailureMonitor
from crossbar.neurosemantic.monitors.hours import HoursMonitor
from crossbar.neurosemantic.monitors.logins import LoginMonitor

__all__ = ["DnsMonitor", "FailureMonitor", "HoursMonitor", "LoginMonitor"]
