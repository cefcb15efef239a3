"""How good forecasts were: pure scoring functions, without input or output of their own.

Probabilities of events (``probability``, ``decomposition``, ``reliability``), skills and their
intervals (``skill``, ``bootstrap``), whole distributions (``distribution``, ``pit``) and bounds
(``coverage``). Results are frozen; what a score cannot say stands in its ``diagnostics``.
"""

from __future__ import annotations

from reportgen.scores.bootstrap import (
    BlockPlan,
    SkillInterval,
    brier_skill_interval,
    skill_difference_interval,
    skill_interval,
)
from reportgen.scores.coverage import (
    ConditionalCoverage,
    LikelihoodRatio,
    UnconditionalCoverage,
    christoffersen,
    kupiec,
)
from reportgen.scores.decomposition import (
    CorpDecomposition,
    MurphyDecomposition,
    corp_decomposition,
    murphy_decomposition,
)
from reportgen.scores.distribution import (
    crps_normal,
    crps_quantiles,
    crps_sample,
    crps_skill,
    pinball_losses,
)
from reportgen.scores.pit import (
    Pit,
    PitHistogram,
    UniformTest,
    pit_from_quantiles,
    pit_from_sample,
    pit_histogram,
    uniform_test,
)
from reportgen.scores.probability import (
    ProbabilityScores,
    auc,
    brier,
    brier_scores,
    brier_skill,
    log_score,
    log_scores,
    score_probabilities,
)
from reportgen.scores.reliability import (
    BandPlan,
    Reliability,
    ReliabilityPoint,
    reliability_by_bins,
    reliability_curve,
)
from reportgen.scores.skill import Skill, mean_skill

__all__ = [
    "BandPlan",
    "BlockPlan",
    "ConditionalCoverage",
    "CorpDecomposition",
    "LikelihoodRatio",
    "MurphyDecomposition",
    "Pit",
    "PitHistogram",
    "ProbabilityScores",
    "Reliability",
    "ReliabilityPoint",
    "Skill",
    "SkillInterval",
    "UnconditionalCoverage",
    "UniformTest",
    "auc",
    "brier",
    "brier_scores",
    "brier_skill",
    "brier_skill_interval",
    "christoffersen",
    "corp_decomposition",
    "crps_normal",
    "crps_quantiles",
    "crps_sample",
    "crps_skill",
    "kupiec",
    "log_score",
    "log_scores",
    "mean_skill",
    "murphy_decomposition",
    "pinball_losses",
    "pit_from_quantiles",
    "pit_from_sample",
    "pit_histogram",
    "reliability_by_bins",
    "reliability_curve",
    "score_probabilities",
    "skill_difference_interval",
    "skill_interval",
    "uniform_test",
]
