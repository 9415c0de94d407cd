"""An abbreviation is written out once in a manuscript, where its text uses it first."""

import pytest

from helpers.document import TextBlock
from helpers.report.blocks import Prose, SectionContent
from helpers.report.first_use import introduce_abbreviations
from helpers.report.manuscript import FrontMatter, Manuscript, Part

KNOWN = {
    "CI": "confidence interval",
    "ESA": "erythropoiesis-stimulating agent",
    "HI": "haematological improvement",
    "RAEB": "refractory anaemia with excess of blasts",
    "TP53": "tumour protein p53 gene",
}


def write(before, section, after):
    items = tuple(Prose(one) if one.startswith("#") else TextBlock("x", one) for one in section)
    manuscript = Manuscript(
        front=FrontMatter(
            title="T",
            abstract=(("Results", TextBlock("abstract.results", "ESA once.")),),
            before=(Part(title="Methods", items=(TextBlock("methods.1", before),)),),
            after=(Part(title="Discussion", items=(TextBlock("discussion.1", after),)),),
        ),
        sections=(SectionContent(name="01_x", title="X", items=items),),
    )
    made = introduce_abbreviations(manuscript, KNOWN)
    told = [item.markdown for item in made.items]
    assert made.front.abstract == manuscript.front.abstract
    assert len(told) == 2 + len(section)
    return told


@pytest.mark.parametrize(
    ("before", "section", "after", "told"),
    [
        (
            "Of HI.",
            ["HI in 3. ESA in 2."],
            "ESA and tumour protein p53 gene (TP53).",
            [
                "Of haematological improvement (HI).",
                "HI in 3. Erythropoiesis-stimulating agent (ESA) in 2.",
                "ESA and tumour protein p53 gene (TP53).",
            ],
        ),
        (
            "Haematological improvement (HI).",
            [
                "# By TP53\n\nTP53 and `ESA` and $ESA$.",
                "Loss of haematological improvement (HI).",
            ],
            r"Confidence intervals (CIs), 2 (95% confidence interval \[CI\] 1), RAEB-1, RAEB.",
            [
                "Haematological improvement (HI).",
                "# By TP53\n\nTumour protein p53 gene (TP53) and `ESA` and $ESA$.",
                "Loss of HI.",
                "Confidence intervals (CIs), 2 (95% CI 1), refractory anaemia with excess of "
                "blasts-1 (RAEB-1), RAEB.",
            ],
        ),
        ("None.", ["None."], "None.", ["None.", "None.", "None."]),
    ],
)
def test_first_use_is_written_out_across_parts(before, section, after, told):
    assert write(before, section, after) == told
