"""A client of Frontrow's REST API.

`Frontrow` sends the requests, `frontrow.api` has a function for each operation, `frontrow.models` the bodies.
"""

from .client import Frontrow, QueueNotice, TokenEvent
from .problem import OtherProblem, Problem, ProblemError

__all__ = ["Frontrow", "OtherProblem", "Problem", "ProblemError", "QueueNotice", "TokenEvent"]
