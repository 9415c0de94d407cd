"""Nothing of the host or of the moment stays in an executed notebook."""

import json

import pytest

from helpers.report.scrub import dump_notebook, scrub_notebook, scrub_parameters, scrub_text


def make_dirty_notebook(stamp):
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3"},
            "papermill": {"input_path": "/home/ann/nb.ipynb", "start_time": stamp},
        },
        "cells": [
            {
                "cell_type": "markdown",
                "id": "m",
                "metadata": {"papermill": {"duration": stamp}},
                "source": ["# A\n", "b"],
            },
            {
                "cell_type": "code",
                "id": f"random-{stamp}",
                "execution_count": 1,
                "metadata": {"tags": ["injected-parameters"], "execution": {"iopub.status": stamp}},
                "source": 'data = "/srv/trial/patients.csv"\nurl = "postgresql://ann:hush@db/x"',
                "outputs": [],
            },
            {
                "cell_type": "code",
                "id": "c",
                "execution_count": 2,
                "metadata": {},
                "source": "x",
                "outputs": [
                    {
                        "output_type": "stream",
                        "name": "stdout",
                        "transient": {"id": stamp},
                        "text": f"<A at 0x7f00{stamp:08x}> /srv/trial/patients.csv /home/ann/x",
                    },
                    {
                        "output_type": "error",
                        "ename": "E",
                        "evalue": "v",
                        "traceback": ["\x1b[31mFile\x1b[0m /tmp/ipykernel_123/456.py"],
                    },
                ],
            },
        ],
    }


def test_two_runs_give_the_same_bytes():
    paths = {"/srv/trial/patients.csv": "<path>/patients.csv"}
    one, other = (
        dump_notebook(
            scrub_notebook(
                make_dirty_notebook(stamp), parameters={"age": 75.0}, private_texts=paths
            )
        )
        for stamp in (1, 2)
    )
    assert one == other
    text = one.decode()
    for secret in ("/srv", "/home", "hush", "papermill", "start_time", "\x1b", "ipykernel_123"):
        assert secret not in text
    cells = json.loads(text)["cells"]
    assert [cell["id"] for cell in cells] == ["m", "injected-parameters", "c"]
    assert cells[0]["source"] == "# A\nb"
    assert cells[1]["source"] == "# Parameters\nage = 75.0"
    assert "<path>/patients.csv" in cells[2]["outputs"][0]["text"]


def test_parameters_keep_their_meaning_but_no_secret():
    given = {
        "age": 75.0,
        "data": "/home/ann/patients.csv",
        "relative": "data/x.csv",
        "api_token": "t0k3n",
        "source": {"password": "hush", "url": "mysql://u:p@h/d"},
        "list": ["/a/b.csv", 1],
    }
    assert scrub_parameters(given) == {
        "age": 75.0,
        "data": "<path>/patients.csv",
        "relative": "data/x.csv",
        "api_token": "***",
        "source": {"password": "***", "url": "mysql://***@h/d"},
        "list": ["<path>/b.csv", 1],
    }


def test_addresses_and_fractions_are_not_taken_for_paths():
    text = "see https://doi.org/10.1/home and 3/4 of n/N at 0 months"
    assert scrub_text(text) == text


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+pg8000://ann:hu@s/h@db.example/x",
        "postgresql://:hush@db.example/x",
        "mysql://hush@db.example/x",
        "mssql+pyodbc://?odbc_connect=DRIVER=x;PWD=hush",
        "postgresql://db.example/x?user=ann&password=hush&sslmode=require",
        "duckdb:///x.db?motherduck_token=hush",
    ],
)
def test_no_credential_of_an_address_is_left(address):
    text = scrub_text(f"could not open {address!r}; check it")
    assert "hush" not in text
    assert "s/h@" not in text
    assert text.startswith("could not open '")
    assert scrub_parameters({"data": address})["data"] != address
