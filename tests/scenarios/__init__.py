"""Labelled programs, and perfdiag's answers to them.

targets/ holds the programs (standard library only, unless said), peers/ what runs beside them, cases/ the
truth of each with evidence that was taken without perfdiag. `runner` stages, profiles and scores them,
`evidence` takes the evidence again, `accuracy` compares attribution with what targets log of themselves,
`demo` is `make demo`.
"""
