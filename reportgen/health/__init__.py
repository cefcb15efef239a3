"""What a machine needs before a report can be written and published, looked at piece by piece."""

from reportgen.health.delivery import of_delivery
from reportgen.health.finding import Finding, Scene, State
from reportgen.health.machine import of_machine
from reportgen.health.program import of_program
from reportgen.health.publishing import of_publishing, of_relay

__all__ = ["Finding", "Scene", "State", "examine", "worst"]


def examine(scene: Scene, *, with_mail: bool = False) -> tuple[Finding, ...]:
    """Look at program, machine, publishing and delivery; with mail at the relay too."""
    return (
        *of_program(scene),
        *of_machine(scene),
        *of_publishing(scene),
        *of_delivery(scene),
        *(of_relay(scene) if with_mail else ()),
    )


def worst(findings: tuple[Finding, ...]) -> State:
    """Return the state of the whole."""
    states = {one.state for one in findings}
    order: tuple[State, ...] = ("missing", "warning", "sound")
    return next((state for state in order if state in states), "sound")
