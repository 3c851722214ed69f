"""Agreement: whether a quantised network still sees what the network it was made from sees."""

from collections.abc import Iterable
from dataclasses import dataclass

from camera_ingest.sample import Picture
from models.detector import Detector
from models.matching import matched

THRESHOLD = 0.35
"""Score from which on a box counts."""
LEAST = 0.9
"""Recall and precision of a quantised network against its original below which something went wrong."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The boxes of one detector against those of another as the truth, over the same pictures."""

    frames: int
    people: int
    """Boxes of the original."""
    recall: float
    """Share of the original's boxes that were found, from an overlap of 0.5 on; 1 where it saw nobody."""
    precision: float
    """Share of the boxes that the original has too; 1 where there are none."""
    head_count_difference: float
    """Mean absolute difference of the people counted, per picture."""

    @property
    def good(self) -> bool:
        """Whether the two may stand for one another; not if nobody was there to judge it by."""
        return self.people > 0 and min(self.recall, self.precision) >= LEAST

    def sentence(self, name: str) -> str:
        """What was found, in words."""
        if not self.people:
            return f"{name}: expected people in the {self.frames} frames kept aside to compare it with, found nobody"
        return (
            f"{name}: against the network it was made from, over {self.frames} frames with {self.people} people: "
            f"recall {self.recall:.3f}, precision {self.precision:.3f}, head count off by {self.head_count_difference}"
        )


def agreement(found: Detector, original: Detector, pictures: Iterable[Picture]) -> Agreement:
    """How far a detector agrees with another on pictures."""
    frames = people = boxes = same = difference = 0
    for picture in pictures:
        seen, expected = found.detect(picture), original.detect(picture)
        frames, people, boxes = frames + 1, people + len(expected), boxes + len(seen)
        same, difference = same + matched(seen, expected), difference + abs(len(seen) - len(expected))
    recall = same / people if people else 1.0
    precision = same / boxes if boxes else 1.0
    return Agreement(frames, people, round(recall, 4), round(precision, 4), round(difference / max(1, frames), 4))
