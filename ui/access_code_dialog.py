"""Add access code: asks for a batch, makes it, and shows what came of it."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from models.enums import BatchState, CodeKind
from services import batches, codes, product_list
from services.actor import Actor
from services.batch_form import BatchRequest
from services.settings import get_settings
from ui import actions, code_file, routes, wording
from ui.components.fields import Form
from ui.components.generate_dialog import Generated, GenerateDialog


async def ask(asking: Actor) -> None:
    slug = asking.slug
    products = await actions.run(product_list.products, slug=slug)
    if products is None:
        return
    settings = get_settings()
    made: list[int] = []

    async def generate(
        request: Callable[[], BatchRequest], go: ui.button, form: Form
    ) -> Generated | None:
        async def command(actor: Actor) -> Generated:
            asked = request()
            batch = await batches.request(actor, asked)
            made.append(batch.id)
            is_bulk = batch.state is not BatchState.DONE
            mail = wording.set_is_mailed(asked.notify, is_bulk=is_bulk)
            if is_bulk:
                return Generated([], routes.batch(slug, batch.id), mail)
            full = await codes.show(actor, batch.id)
            path = routes.batch_csv(slug, batch.id)
            save = partial(code_file.save, slug, batch.id, CodeKind.ACCESS, path)
            return Generated([code.text for code in full], path, mail, save)

        return await actions.run(command, slug=slug, button=go, form=form)

    async def copied() -> None:
        await actions.run(lambda actor: codes.copy(actor, made[-1]), slug=slug)

    GenerateDialog(
        products,
        most=settings.batch_max,
        bulk_from=settings.bulk_from,
        email=asking.email,
        generate=generate,
        copied=copied,
    )
