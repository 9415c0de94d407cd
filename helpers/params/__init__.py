"""The parameters of a report: every analytic choice, named, typed and checked."""

from helpers.params.documentation import describe_domains, describe_parameters
from helpers.params.model import BASE_DIR_VARIABLE, Params, name_style
from helpers.params.reading import (
    check_params,
    find_nearest,
    make_schema,
    parse_overrides,
    read_params,
    read_params_file,
    read_valid_params,
)

__all__ = [
    "BASE_DIR_VARIABLE",
    "Params",
    "check_params",
    "describe_domains",
    "describe_parameters",
    "find_nearest",
    "make_schema",
    "name_style",
    "parse_overrides",
    "read_params",
    "read_params_file",
    "read_valid_params",
]
