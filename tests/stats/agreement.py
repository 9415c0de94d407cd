"""The table of agreements: every kind of number of every estimator, beside R's.

Run from the top of the project: python tests/stats/agreement.py --write
Writes tests/reference/CHECKED.md and the table in README anew; without --write it prints the rows.
"""

from __future__ import annotations

import sys
from functools import cache

from agreement_competing import add_competing
from agreement_curves import add_curves, add_restricted_means_and_landmark, add_tests
from agreement_ledger import Agreement, Ledger
from agreement_models import add_cox, add_firth, add_selection
from agreement_pooling import add_meta_analysis, add_one_shot
from agreement_table_one import add_table_one
from agreement_treatment import (
    add_imputation,
    add_robustness,
    add_sensitivity,
    add_standardised,
    add_switching,
    add_weighting,
)


@cache
def list_agreements() -> tuple[Agreement, ...]:
    """Return one row for each estimator and kind of number, computed now."""
    ledger = Ledger()
    for add in (
        add_curves,
        add_restricted_means_and_landmark,
        add_tests,
        add_competing,
        add_cox,
        add_firth,
        add_selection,
        add_switching,
        add_weighting,
        add_standardised,
        add_sensitivity,
        add_imputation,
        add_robustness,
        add_meta_analysis,
        add_one_shot,
        add_table_one,
    ):
        add(ledger)
    return ledger.rows()


def main(arguments: list[str]) -> None:
    """Write the page, or print the rows."""
    rows = list_agreements()
    if arguments == ["--write"]:
        from checked_page import write_page

        write_page(rows)
        return
    for row in rows:
        sys.stdout.write(
            f"{row.estimator:<45} {row.quantity:<58} {row.n_numbers:>6} "
            f"{row.largest_difference:.1e} (bar {row.bar:.0e})\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
