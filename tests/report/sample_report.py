"""Section notebooks as the report gets them, made without running anything of the analysis."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import nbformat
import numpy as np

from helpers.document import (
    MIME_TYPE,
    Block,
    Cell,
    FigureBlock,
    FigureText,
    ResultsBlock,
    TableBlock,
    TextBlock,
    block_to_json,
)

HOSTILE = {
    "script": "<script>document.title='hacked'</script><img src=x onerror=alert(1)>",
    "typst": '#eval("1+1") #panic() @label <tag> *bold* _it_ `raw` ```x``` [c] // no /* no */ = H',
    "math": r"$x$ \alpha \frac{1}{2} \\ \" ' ",
    "template": "{{ 7*7 }} {% raw %} ${HOME} $title %(x)s {0}",
    "control": "a\x00b\x07c\x1b[31md\x7f\ud800 \ufffe end",
    "bidi": "left \u202eright\u202c \u200fmark\u200e \u2067iso\u2069",
    "long": "x" * 10_000,
    "formula": "=HYPERLINK(1) +1 -1 @SUM",
    "foreign": "\u4e2d\u6587 \U0001f600 \u0639\u0631\u0628\u064a \u05e2\u05d1\u05e8\u05d9\u05ea",
}

CONTEXT = {
    "cohort": "Built-in synthetic cohort",
    "synthetic": True,
    "n": 392,
    "data_sha256": "ab" * 32,
    "warnings": [],
    "versions": {"python": "3.11.7", "numpy": "2.4.6"},
}


@cache
def draw(seed: int, width_mm: float, height_mm: float) -> tuple[str, bytes, str]:
    """Return a survival-like figure as SVG, PNG and CSV."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    rng = np.random.default_rng(seed)
    with plt.rc_context({"svg.hashsalt": "sample", "font.size": 8}):
        figure, axes = plt.subplots(
            figsize=(width_mm / 25.4, height_mm / 25.4), layout="constrained"
        )
        lines = ["group,time_months,n_at_risk,estimate,ci_lower,ci_upper"]
        for number, group in enumerate(("Loss of response", "Intolerance", "No response")):
            time = np.sort(rng.exponential(30 - 6 * number, 60).round(1))
            survival = 1 - np.arange(1, 61) / 61
            axes.step(time, survival, where="post", label=group)
            axes.fill_between(
                time,
                np.clip(survival - 0.1, 0, 1),
                np.clip(survival + 0.1, 0, 1),
                step="post",
                alpha=0.15,
            )
            lines += [
                f"{group},{t},{60 - i},{s:.8f},{max(s - 0.1, 0):.8f},{min(s + 0.1, 1):.8f}"
                for i, (t, s) in enumerate(zip(time, survival, strict=True))
            ]
        axes.set(
            xlabel="Months since lenalidomide failure",
            ylabel="Overall survival",
            xlim=(0, 84),
            ylim=(0, 1),
        )
        axes.legend(frameon=False)
        svg, png = io.StringIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=72, metadata={"Software": None})
        plt.close(figure)
    return svg.getvalue(), png.getvalue(), "\n".join(lines) + "\n"


def make_figure(
    block_id: str, title: str, *, slot: str = "main", seed: int = 1, width_mm: float = 178
) -> FigureBlock:
    svg, png, data = draw(seed, width_mm, 80.0 if width_mm > 100 else 65.0)
    text = FigureText(
        block_id,
        title,
        "Kaplan-Meier estimates with 95% log-log confidence bands; crosses mark censored "
        "patients. Log-rank p = 0.003.",
        "Three falling survival curves: loss of response lies above intolerance, and "
        "intolerance above no response.",
        "At 24 months 52% survive after loss of response, 41% after intolerance and 33% "
        "after no response. The curves part in the first year and stay apart.",
        {"OS": "overall survival", "CI": "confidence interval"},
        slot,
    )
    return FigureBlock(text, svg, png, data, width_mm)


def make_model_table(block_id: str, title: str, *, slot: str = "main") -> TableBlock:
    header = (
        (
            Cell("Factor", rowspan=2),
            Cell("n (events)", rowspan=2),
            Cell("Univariate", colspan=2),
            Cell("Multivariable", colspan=2),
        ),
        (Cell("HR (95% CI)"), Cell("p"), Cell("HR (95% CI)"), Cell("p", notes=("a",))),
    )
    rows = []
    for factor in ("Age at failure", "Karyotype", "WHO subtype", "Type of failure"):
        rows += [
            (Cell(factor, header=True), Cell(""), Cell(""), Cell(""), Cell(""), Cell("")),
            (
                Cell("Reference", indent=1),
                Cell("286 (150)", 286),
                Cell("1", notes=("b",)),
                Cell(""),
                Cell("1"),
                Cell(""),
            ),
            (
                Cell("Adverse", indent=1),
                Cell("106 (72)", 106),
                Cell("1.64 (1.24 to 2.18)", 1.64),
                Cell("<0.001", 0.0004),
                Cell("1.51 (1.12 to 2.03)", 1.51),
                Cell("0.007", 0.007),
            ),
        ]
    return TableBlock(
        block_id,
        title,
        header,
        tuple(rows),
        "lrrrrr",
        {"a": "Wald test.", "b": "Reference level."},
        {"HR": "hazard ratio", "CI": "confidence interval", "WHO": "World Health Organization"},
        slot,
    )


def make_long_table(block_id: str, n_rows: int = 70, slot: str = "supplement") -> TableBlock:
    header = ((Cell("Variable"), Cell("All patients (n = 392)"), Cell("Known")),)
    rows = tuple(
        (
            Cell(f"Characteristic number {i}", header=i % 5 == 0, indent=int(i % 5 > 0)),
            Cell(f"{i} ({i / 3.92:.1f}%)"),
            Cell("392"),
        )
        for i in range(n_rows)
    )
    return TableBlock(
        block_id, "Characteristics at lenalidomide failure.", header, rows, "lrr", slot=slot
    )


def show(block: Block) -> nbformat.NotebookNode:
    """Return the output that a display of the block leaves in a notebook."""
    data = {"text/html": "<b>for JupyterLab only</b>", MIME_TYPE: block_to_json(block)}
    return nbformat.v4.new_output("display_data", json.loads(json.dumps(data)))


def make_notebook(*cells: str | tuple[str, list[Block]]) -> nbformat.NotebookNode:
    """Return an executed notebook: text is Markdown, a pair is code and what it shows."""
    nb = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
    )
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, str):
            nb.cells.append(nbformat.v4.new_markdown_cell(cell, id=f"cell-{number}"))
        else:
            source, blocks = cell
            nb.cells.append(
                nbformat.v4.new_code_cell(
                    source,
                    id=f"cell-{number}",
                    execution_count=number,
                    outputs=[show(b) for b in blocks],
                )
            )
    return nb


def make_results(section: str, count: int = 2) -> ResultsBlock:
    records = tuple(
        {
            "id": f"{section}.r{i}",
            "kind": "median",
            "estimate": 23.0 + i,
            "unit": "months",
            "n": 392,
            "events": 222,
        }
        for i in range(count)
    )
    omitted = (
        {
            "id": f"{section}.tp53",
            "title": "TP53 mutation",
            "reason": "column tp53 is not in the data",
        },
    )
    return ResultsBlock(section, records, omitted, CONTEXT)


def make_sections() -> dict[str, nbformat.NotebookNode]:
    """Return four executed sections by name."""
    why = (
        "Survival is counted from the failure of lenalidomide, because that is when the next "
        "treatment is chosen. The product-limit estimate is $\\hat{S}(t)=\\prod_{t_i \\le t}"
        "\\left(1-\\frac{d_i}{n_i}\\right)$; its interval is made on the log-log scale.\n\n"
        "- Patients alive at last contact are censored there.\n- Ties count as deaths first."
    )
    sections = {}
    texts = {
        "01_cohort": "Who were the patients?",
        "02_outcomes": "How long do patients live after lenalidomide fails?",
        "03_multivariate": "What predicts survival?",
        "04_treatments": "Which treatments follow, and with what result?",
    }
    for number, (name, title) in enumerate(texts.items(), 1):
        fig, sup, tab = f"figure.f{number}", f"figure.s{number}", f"table.t{number}"
        stem = name[3:]
        sections[name] = make_notebook(
            f"# {title}\n\n{why}",
            ("age_cut_years: float = 75.0  # Age from which a patient counts as older, years", []),
            ('params = read_params(globals())\nsection = open_section("x", cohort)', []),
            f"## First question of {stem}\n\nThe published analysis asks this first [1].",
            (
                "results = section.record(estimate_overall_survival(cohort.table))",
                [],
            ),
            (
                "section.text(describe_survival, results)",
                [
                    TextBlock(
                        stem,
                        "The median overall survival was **23 months** (95% CI 18.9 to 27.1; "
                        "222 deaths among 392 patients), and 12% were alive at five years.",
                        (fig, tab),
                    ),
                    make_figure(fig, "Overall survival by type of failure.", seed=number),
                ],
            ),
            (
                "section.table(make_table, results)",
                [make_model_table(tab, "Factors of overall survival.")],
            ),
            f"## Second question of {stem}\n\nA detail for those who want it.",
            (
                "section.figure(plot, caption, results)",
                [
                    TextBlock(
                        f"{stem}2",
                        "Secondary loss of response was less harmful.",
                        (sup, "figure.gone"),
                    ),
                    make_figure(
                        sup,
                        "Survival in a subgroup.",
                        slot="supplement",
                        seed=10 + number,
                        width_mm=86,
                    ),
                ],
            ),
            "## Limits\n\nThese are retrospective data; selection cannot be excluded.",
            ("section.close()", [make_results(stem)]),
        )
    sections["01_cohort"].cells.insert(
        7,
        nbformat.v4.new_code_cell(
            "long()", id="long", outputs=[show(make_long_table("table.long"))]
        ),
    )
    return sections


def make_runnable(nb: nbformat.NotebookNode, name: str) -> tuple[nbformat.NotebookNode, dict]:
    """Return a notebook that shows the same blocks when it is run, and what it reads them from."""
    runnable = nbformat.from_dict(json.loads(json.dumps(nb)))
    shown: dict[str, list] = {}
    for number, cell in enumerate(runnable.cells):
        if cell.cell_type != "code":
            continue
        if "age_cut_years: float" in cell.source:
            cell.metadata.tags = ["parameters"]
        elif cell.outputs:
            shown[f"{name}.{number}"] = [output.data for output in cell.outputs]
            cell.source = SHOW_CELL.format(key=f"{name}.{number}")
        else:
            cell.source = "pass"
        cell.outputs, cell.execution_count = [], None
    return runnable, shown


SHOW_CELL = """\
import json, os, pathlib
from IPython.display import display
shown = pathlib.Path(os.environ["LENFAIL_BASE_DIR"], "shown.json").read_text(encoding="utf-8")
for data in json.loads(shown)["{key}"]:
    display(data, raw=True)
"""


def write_project(folder: Path, sections: dict[str, nbformat.NotebookNode]) -> Path:
    """Write runnable notebooks below a folder, which is their base, and return theirs."""
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True)
    shown: dict[str, list] = {}
    for name, nb in sections.items():
        runnable, kept = make_runnable(nb, name)
        shown |= kept
        (notebooks / f"{name}.ipynb").write_text(nbformat.writes(runnable), encoding="utf-8")
    (folder / "shown.json").write_text(json.dumps(shown), encoding="utf-8")
    return notebooks
