"""One HTML page about finished runs, with figures and tables, from their records alone."""

from crossbar.report.page import write_report

__all__ = ["write_report"]
