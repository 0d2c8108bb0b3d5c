"""Release: codes that a restore held work again, for a reason that somebody gives."""

from models.enums import CodeKind
from services import held
from services.undoing import REASON_MOST
from ui import actions, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

ABOUT = (
    "A backup was restored. Whether these codes were used after it was made, nobody can tell from "
    "the data. What was used then works a second time once it is released."
)
HELP = "Such as: asked everybody who has one. For your team; holders never see it."


class ReleaseDialog:
    """Of all held codes of a batch, or of one, named by its end."""

    def __init__(
        self,
        slug: str,
        batch_id: int,
        kind: CodeKind,
        *,
        number: int = 1,
        code_id: int | None = None,
        ending: str = "",
    ) -> None:
        self.slug, self.batch_id, self.kind, self.code_id = slug, batch_id, kind, code_id
        codes = f"the code ending {ending}" if code_id else wording.count(number, "held code")
        self.dialog = Dialog(f"Release {codes}?")
        with self.dialog.body:
            text("p", ABOUT)
            self.form = Form()
            self.reason = self.form.line(
                "reason",
                "Reason",
                help=HELP,
                maxlength=f"{REASON_MOST}",
                autofocus="",
                autocomplete="off",
            )
            self.reason.on("keydown.enter", self.release)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            label = "Release" if code_id else f"Release {number:,}"
            self.go = button(label, self.release, look="primary")

    async def release(self) -> None:
        reason = self.reason.value or ""
        released = await actions.run(
            lambda actor: held.release(
                actor, self.batch_id, reason, code_id=self.code_id, kind=self.kind
            ),
            slug=self.slug,
            button=self.go,
            form=self.form,
        )
        if released:
            self.dialog.close()
