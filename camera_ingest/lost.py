"""A loss: why nothing comes from a camera."""

from camera_ingest.sample import Blind


class StreamLost(Exception):
    """A camera gave no picture. `str()` is one sentence without credentials: which, when, expected, found."""

    def __init__(self, which: str, when: str, expected: str, found: str, blind: Blind = Blind.UNREACHABLE) -> None:
        super().__init__(f"{which} · {when}: 期望 expected {expected}; 实得 found {found}")
        self.which = which
        """The camera."""
        self.when = when
        """The step of the conversation: connect, OPTIONS … PLAY, playing, GET."""
        self.expected = expected
        self.found = found
        self.blind = blind
        """What a sample says of it."""
