"""The account of a run, for somebody who was not there."""

import os
import platform
import subprocess
from pathlib import Path

from chaos.faults import KINDS
from chaos.run import Report

MOST_SHOWN = 40


def account(report: Report) -> str:
    """The whole account in lines of plain text."""
    return "\n".join([*_title(report), "", *_faults(report), "", *_outcome(report), "", *_verdict(report)])


def _title(report: Report) -> list[str]:
    options = report.options
    machine = f"{platform.system()} {platform.machine()}"
    return [
        f"Chaos run: {options.orders} customers, seed {options.seed}, schedule {report.digest}",
        f"commit {_commit()}, {os.cpu_count()} cores, {machine}, Python {platform.python_version()}",
    ]


def _faults(report: Report) -> list[str]:
    kinds = [kind for kind in KINDS if kind.name in report.options.faults]
    lines = [f"{report.struck[kind.name]:7}  {kind.name:24} {kind.words}" for kind in kinds]
    return ["What went wrong, and how often:", *lines]


def _outcome(report: Report) -> list[str]:
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(report.notes.answers.items()))
    states = ", ".join(f"{count} {state}" for state, count in report.states.most_common())
    per_minute = (report.options.orders + report.encores) / report.seconds * 60
    return [
        f"The shop answered customers: {answers}",
        f"Orders: {states}",
        f"Payments taken at Stripe: {report.payments}, refunded: {report.refunds}",
        f"Mails: {report.mails}, second copies under the same Message-ID: {report.copies}",
        f"Processes that ended by themselves and were started again: {report.revived.total()}",
        f"Customers that came for what had not come about by then: {report.encores}",
        f"Served in {report.seconds:.1f} s, {per_minute:.0f} a minute; judged in {report.judged:.1f} s",
        f"Whole {report.whole:.1f} s after the faults stopped, no order open after {report.closed:.1f} s",
    ]


def _verdict(report: Report) -> list[str]:
    orders = report.options.orders + report.encores
    if not report.complaints:
        return [f"No order lost, none charged twice, nothing broken in {orders} purchases."]
    shown = report.complaints[:MOST_SHOWN]
    more = len(report.complaints) - len(shown)
    return [
        f"{len(report.complaints)} things are broken:",
        *(f"- {complaint}" for complaint in shown),
        *([f"- and {more} more"] if more else []),
        *report.audit.splitlines(),
        f"Logs of every process: {report.directory}",
        f"Again: {report.options.rerun}",
    ]


def _commit() -> str:
    here = Path(__file__).parent
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"
