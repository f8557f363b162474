"""How the board says no."""


class Refusal(Exception):
    """A request that is refused; nothing of it is stored.

    Attributes:
        status: The HTTP status.
        sentence: What was wrong, and what to do.
        retry_after: Seconds after which it may be sent again, or None.
    """

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after
