"""What an audit found, and how it is said."""

import json
from dataclasses import dataclass

from bookshop.audit.rule import Rule

# Rows that a report shows of each broken rule.
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: in how many rows, and the first of them by column."""

    rule: Rule
    count: int
    examples: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How many of what was looked at, which rules were checked, what broke them, and where the time went.

    `seconds` by what was done, some of it side by side; `took` is all of it.
    """

    looked_at: dict[str, int]
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    seconds: dict[str, float]
    took: float


def in_words(report: Report) -> str:
    """For a person at a terminal; each broken rule by its name, with ids to search for."""
    counts = ", ".join(f"{count:,} {name}" for name, count in report.looked_at.items())
    lines = [f"Looked at {counts} in {report.took:.1f} s."]
    for finding in report.findings:
        lines.append(f"BROKEN {finding.rule.name} ({finding.count:,}): {finding.rule.sentence}")
        lines += [f"  {_row(row)}" for row in finding.examples]
        if finding.count > len(finding.examples):
            lines.append(f"  and {finding.count - len(finding.examples):,} more")
    held = len(report.rules) - len(report.findings)
    lines.append(
        f"{held} of {len(report.rules)} rules hold." if report.findings else f"All {held} rules hold."
    )
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """For machines: what was looked at, the rules, where the time went, and the findings with examples."""
    findings = [
        {
            "rule": finding.rule.name,
            "sentence": finding.rule.sentence,
            "count": finding.count,
            "examples": finding.examples,
        }
        for finding in report.findings
    ]
    told = {
        "clean": not findings,
        "looked_at": report.looked_at,
        "rules": [rule.name for rule in report.rules],
        "findings": findings,
        "seconds": {name: round(seconds, 2) for name, seconds in report.seconds.items()},
    }
    return json.dumps(told, indent=2, default=str)


def _row(row: dict[str, object]) -> str:
    return " ".join(f"{name}={'none' if value is None else value}" for name, value in row.items())
