"""Changed formulas: every small thing that may be wrong with a claim, as a changed claim.

Pure generation: nothing here judges. A change of a wrong claim may be its repair (`diagnose`),
a change of a right one is a mutant that must be refuted (`run.mutants`).
"""
