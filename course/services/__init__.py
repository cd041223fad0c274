"""Calculators and simulators, one module per AWS service.

Plain functions with plain numbers in, small frozen results out. Quantities carry their unit in the name.
Wherever it makes sense an argument may be an array (or list, or pandas Series); then the result's fields
are arrays of the broadcast shape. Every result has `.explain()`, which prints each step.

`edition` picks the limits: "today" (what AWS grants now) or "exam" (what exam questions still ask for).
"""
