"""Measurements of what the course's budgets are about: ``python -m benchmarks`` prints the table."""
