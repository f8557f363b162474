"""What a learner's folder can fail on."""


class LearnerError(Exception):
    """Something outside the course is in the way; the message says what, and what to do about it."""
