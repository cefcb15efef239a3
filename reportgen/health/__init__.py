"""What a machine needs before a report can be written and published, looked at piece by piece."""

from reportgen.health.finding import Finding, Scene, State
from reportgen.health.machine import machine
from reportgen.health.program import program
from reportgen.health.publishing import mail, publishing

__all__ = ["Finding", "Scene", "State", "examine", "worst"]


def examine(scene: Scene, *, with_mail: bool = False) -> tuple[Finding, ...]:
    """Look at the program, the machine and what publishing needs; with mail at the relay too."""
    return (
        *program(scene),
        *machine(scene),
        *publishing(scene),
        *(mail(scene) if with_mail else ()),
    )


def worst(findings: tuple[Finding, ...]) -> State:
    """Return the state of the whole."""
    states = {one.state for one in findings}
    order: tuple[State, ...] = ("missing", "warning", "sound")
    return next((state for state in order if state in states), "sound")
