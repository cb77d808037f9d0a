"""From a model and a question to an answer in the words of the verdict table.

Suites, verdicts, results, exit codes and the agreement between engines live here. Nothing here prints; how an answer
looks is a matter of the reports and the command line.
"""
