"""New evaluation: asks what is evaluated, begins it, and opens its page."""

from nicegui import ui

from services import evaluations, scheme_choices
from services.actor import Actor
from services.evaluations import NewEvaluation
from ui import actions, routes
from ui.components.fields import Form
from ui.components.new_evaluation_dialog import NewEvaluationDialog


async def ask(asking: Actor) -> None:
    slug = asking.slug
    schemes = await actions.run(scheme_choices.open_schemes, slug=slug)
    if schemes is None:
        return

    async def begin(asked: NewEvaluation, go: ui.button, form: Form) -> bool:
        begun = await actions.run(
            lambda actor: evaluations.start(actor, asked), slug=slug, button=go, form=form
        )
        if begun:
            ui.navigate.to(routes.evaluation(slug, begun))
        return bool(begun)

    NewEvaluationDialog(schemes, begin)
