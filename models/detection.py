"""A detection: one person's box in a picture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detection:
    """A person box, normalised to the picture (0..1, y downwards), with the model's score."""

    x1: float
    y1: float
    x2: float
    y2: float
    score: float

    @property
    def foot(self) -> tuple[float, float]:
        """The bottom centre of the box: where a standing person touches the ground."""
        return (self.x1 + self.x2) / 2, self.y2

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box: where a seated person is, whose feet are hidden."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2
