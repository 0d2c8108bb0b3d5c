"""The work of an open step: what is recorded in it, and in the end its outcome."""

from nicegui import ui

from services import evidence, payments
from services.actor import Actor
from services.evaluation_detail import EvaluationDetail, EvidenceView, StepView
from services.evidence import FILE_MOST, NOTE_MOST, TOO_LARGE
from ui import actions, routes
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.entry import Area
from ui.components.evidence_rows import evidence_rows, history
from ui.components.fields import Form
from ui.components.file_drop import FileDrop, OneFile
from ui.components.outcome_dialogs import ask_undo_payment
from ui.components.text import text
from ui.step_outcome import StepOutcome

UNSENT = "Add this note first, or clear it."


class StepWork:
    """`show` brings what others recorded, and leaves alone what is being typed here."""

    def __init__(self, actor: Actor, detail: EvaluationDetail, step: StepView) -> None:
        self.actor, self.slug, self.step = actor, actor.slug, step
        with ui.element("section").classes("stage-card"):
            with ui.element("div").classes("stage-card-head"):
                text("h3", "Work")
                text("span", "IN PROGRESS", "pill tone-ready")
                ui.element("span").classes("spacer")
                if detail.may_undo_payment and step.paid:
                    button("Undo payment", self.ask_undo, look="quiet").classes("btn-small")
            history(step.reopened, actor.time_zone)
            self.recorded = ui.element("div").classes("recorded").props("aria-live=polite")
            self._build_note()
            self.files = FileDrop(self.attach, most=FILE_MOST, too_large=TOO_LARGE)
            StepOutcome(actor, detail, step, may_close=self._is_clear)
        self._show_recorded()

    def _build_note(self) -> None:
        self.form = Form()
        self.note = self.form.add(
            "note", "Note", lambda: Area().props("outlined hide-bottom-space autogrow")
        )
        self.note.props["maxlength"] = NOTE_MOST
        self.note.classes("note-area")
        with ui.element("div").classes("note-row"):
            self.add = button("Add note", self.add_note, glyph="plus").classes("btn-small")

    @property
    def draft(self) -> str:
        """A note that was typed and not added."""
        return (self.note.value or "").strip()

    def show(self, step: StepView) -> None:
        before, self.step = self.step, step
        if before.evidence != step.evidence:
            self._show_recorded()

    def _show_recorded(self) -> None:
        self.recorded.clear()
        with self.recorded:
            if not self.step.evidence:
                text("p", "Nothing is recorded yet. Add notes and files as you go.", "muted")
                return
            evidence_rows(
                self.step.evidence,
                self.actor.time_zone,
                lambda evidence_id: routes.evidence(self.slug, evidence_id),
                self.ask_remove,
            )

    async def add_note(self) -> None:
        typed = self.note.value or ""
        added = await actions.done(
            lambda actor: evidence.add_note(actor, self.step.id, typed),
            slug=self.slug,
            button=self.add,
            form=self.form,
        )
        if added and self.note.value == typed:
            self.note.value = ""

    async def attach(self, name: str, content: bytes, place: OneFile) -> None:
        await actions.run(
            lambda actor: evidence.add_file(actor, self.step.id, name, content),
            slug=self.slug,
            form=place,
        )

    def ask_remove(self, each: EvidenceView) -> None:
        kind = "this note" if each.size is None else each.text
        confirm(
            f"Remove {kind}?",
            ["It is no longer part of this step. That it was removed stays in the audit log."],
            "Remove",
            lambda go: actions.run(
                lambda actor: evidence.remove(actor, each.id), slug=self.slug, button=go
            ),
        )

    def _is_clear(self) -> bool:
        """Whether nothing typed would be lost to an outcome."""
        if self.draft:
            self.form.show_errors({"note": UNSENT})
        return not self.draft

    def ask_undo(self) -> None:
        paid = self.step.paid
        assert paid, "offered where there is a payment"

        async def undo(reason: str, go: ui.button, form: Form) -> bool:
            return await actions.done(
                lambda actor: payments.undo(actor, self.step.id, reason),
                slug=self.slug,
                button=go,
                form=form,
            )

        ask_undo_payment(self.step.name, paid.masked[-4:], undo)
