"""Parameters as a file that `lenfail build` runs."""

from __future__ import annotations

from collections.abc import Collection

import yaml

from helpers.params.model import Params


def write_params_text(params: Params, *, always: Collection[str] = (), remark: str = "") -> str:
    """Return the YAML text of parameters: what differs from the defaults, and what is asked for.

    Parameters
    ----------
    params : Params
        Checked.
    always : collection of str
        Names of parameters that are written in any case.
    remark : str
        Comment at the top, one line.

    Examples
    --------
    >>> print(write_params_text(Params(age_cut_years=70), always=["data"], remark="Older"), end="")
    # Older
    data: synthetic
    age_cut_years: 70.0
    """
    defaults = Params()
    values = {
        name: getattr(params, name)
        for name in Params.model_fields
        if name in always or getattr(params, name) != getattr(defaults, name)
    }
    order = sorted(
        values, key=lambda name: (name not in {"title", "data"}, list(values).index(name))
    )
    text = yaml.safe_dump(
        {name: values[name] for name in order}, sort_keys=False, allow_unicode=True, width=100
    )
    return f"# {' '.join(remark.split())}\n{text}" if remark else text
