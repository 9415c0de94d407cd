"""The literature of pooled reports."""

from __future__ import annotations

POOLING_LITERATURE: dict[str, tuple[str, str]] = {
    "bonawitz2017": (
        "Bonawitz K, Ivanov V, Kreuter B, et al. Practical secure aggregation for "
        "privacy-preserving machine learning. Proceedings of the 2017 ACM SIGSAC Conference on "
        "Computer and Communications Security 2017:1175-1191.",
        "10.1145/3133956.3133982",
    ),
    "cochran1954": (
        "Cochran WG. The combination of estimates from different experiments. Biometrics "
        "1954;10:101-129.",
        "10.2307/3001666",
    ),
    "duan2020": (
        "Duan R, Luo C, Schuemie MJ, et al. Learning from local to global: an efficient "
        "distributed algorithm for modeling time-to-event data. J Am Med Inform Assoc "
        "2020;27:1028-1036.",
        "10.1093/jamia/ocaa044",
    ),
    "hartung2001": (
        "Hartung J, Knapp G. A refined method for the meta-analysis of controlled clinical "
        "trials with binary outcome. Stat Med 2001;20:3875-3889.",
        "10.1002/sim.1009",
    ),
    "higgins2002": (
        "Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Stat Med "
        "2002;21:1539-1558.",
        "10.1002/sim.1186",
    ),
    "inthout2016": (
        "IntHout J, Ioannidis JPA, Rovers MM, Goeman JJ. Plea for routinely presenting "
        "prediction intervals in meta-analysis. BMJ Open 2016;6:e010247.",
        "10.1136/bmjopen-2015-010247",
    ),
    "paule1982": (
        "Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur Stand "
        "1982;87:377-385.",
        "10.6028/jres.087.022",
    ),
    "rover2015": (
        "Röver C, Knapp G, Friede T. Hartung-Knapp-Sidik-Jonkman approach and its modification "
        "for random-effects meta-analysis with few studies. BMC Med Res Methodol 2015;15:99.",
        "10.1186/s12874-015-0091-1",
    ),
}
