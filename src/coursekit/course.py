"""What a chapter needs besides numbers and pictures, under one import."""

from coursekit import sending
from coursekit.exercises import check
from coursekit.packages import needs
from coursekit.predictions import predict, reveal
from coursekit.quiz import quiz

__all__ = ["check", "needs", "predict", "quiz", "reveal"]

sending.prepare()
