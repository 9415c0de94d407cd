"""Numbers that may stand in a model as they are, without being cut into groups."""

from __future__ import annotations

from helpers.cohort.dictionary import Dictionary, Factor, Variable

#: Times that are outcomes, or that are known only once something has happened.
OUTCOME_TIMES = frozenset(
    (
        *("os_months", "os_len_months", "os_dx_months", "follow_up_months", "aml_months"),
        *("time_to_aml_months", "first_treatment_months", "transplant_months"),
    )
)
#: Parameters whose factors may be numbers.
NUMBER_LISTS = ("univariate_factors", "model_factors", "aml_factors", "treatment_factors")
_SINGULAR = {"years": "year", "months": "month", "weeks": "week", "days": "day"}


def list_model_numbers(dictionary: Dictionary) -> dict[str, Variable]:
    """Return the numbers that a model may take as they are.

    Examples
    --------
    >>> from helpers.cohort.dictionary import read_dictionary
    >>> "os_months" in list_model_numbers(read_dictionary())
    False
    """
    return {
        name: variable
        for name, variable in dictionary.variables.items()
        if variable.type in ("number", "integer") and name not in OUTCOME_TIMES
    }


def describe_number(variable: Variable) -> Factor:
    """Return a number as a factor without levels, its label with the step of its hazard ratio.

    Parameters
    ----------
    variable : Variable
        A number; its hazard ratio is for a difference of `per`.

    Returns
    -------
    Factor
        Without levels.
    """
    return Factor(
        name=variable.name,
        label=f"{variable.label}, per {_name_step(variable)}",
        meaning=variable.meaning,
        levels={},
        reference="",
        known_at=variable.known_at,
        rule={"copy": variable.name},
        needs=(variable.name,),
    )


def _name_step(variable: Variable) -> str:
    if variable.per != 1:
        return f"{variable.per:g} {variable.unit}".strip()
    return _SINGULAR.get(variable.unit, variable.unit) or "unit"
