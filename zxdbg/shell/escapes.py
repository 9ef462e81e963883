"""What a terminal would not show as it is, or would let reorder the line, escaped while typing."""

from bisect import bisect_right
from typing import TYPE_CHECKING

from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments

from zxdbg.render.cells import letters, visible

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

__all__ = ["ShowEscaped"]


class ShowEscaped(Processor):
    """Shows a line as a screen would show it; the line itself stays what it is."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Escape the pieces of a row, and say which column each character has come to."""
        exploded = explode_text_fragments(transformation_input.fragments)
        text = "".join([piece[1] for piece in exploded])
        if visible(text) == text:
            return Transformation(transformation_input.fragments)
        shown: StyleAndTextTuples = []
        places: list[int] = []
        end = at = 0
        for held, written, _ in letters(text):
            pieces = exploded[at : at + len(held)]
            at += len(held)
            if written == held:
                places += range(end, end + len(held))
                shown += pieces
            else:
                places += [end] * len(held)
                shown.append((pieces[0][0], written))
            end += len(written)
        places.append(end)

        def to_shown(place: int) -> int:
            return places[place] if place < len(places) else end + place - len(text)

        def to_source(place: int) -> int:
            return len(text) + place - end if place > end else bisect_right(places, place) - 1

        return Transformation(shown, to_shown, to_source)
