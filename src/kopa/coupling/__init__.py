"""The kernel: domains run together, and every effect keeps its cause."""
