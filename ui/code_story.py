"""Opens the story of a code: what the refusal desk found, and the dry run behind it."""

from collections.abc import Sequence

from nicegui import ui

from services import dry_run
from services.actor import Actor
from services.code_story import Event, Story, Turn
from services.dry_run import Verdict
from ui import actions, story_words, theme, wording
from ui.components.fields import Form
from ui.components.story_dialog import REDEEM, Line, StoryDialog

TONE = {Turn.REFUSED: "revoked", Turn.ACTIVATED: "activated", Turn.REVOKED: "revoked"}


class CodeStory:
    def __init__(self, actor: Actor, story: Story) -> None:
        self.actor, self.story = actor, story

    async def build(self) -> None:
        story = self.story
        state = (story.status.value, theme.STATUS_TONE[story.status]) if story.status else None
        facts = [story.opens, f"Batch {story.batch_id}"] if story.code_id else []
        title = "Story of a code" if story.code_id else "A try that hit no code"
        dialog = StoryDialog(title, story.masked, state, facts)
        older = wording.count(story.older, "older refusal") if story.older else ""
        dialog.show_lines(
            [self._line(event) for event in story.events],
            before=f"{older} not shown." if older else "",
        )
        if story.code_id:
            workspaces, purposes = await dry_run.choices(self.actor)
            own = next((each for each, name in purposes.items() if name == story.opens), REDEEM)
            every = {REDEEM: "Redeem page", **purposes}
            dialog.show_question(every, own, workspaces, self.actor.workspace, self.ask)

    def _line(self, event: Event) -> Line:
        return Line(
            glyph=story_words.GLYPH[event.turn],
            head=story_words.head(event),
            more=story_words.more(event, self.actor.time_zone),
            tone=TONE.get(event.turn, ""),
        )

    async def ask(
        self, workspace_id: int, purpose: int, go: ui.button, form: Form
    ) -> tuple[bool, Sequence[str]] | None:
        async def command(actor: Actor) -> Verdict:
            assert self.story.code_id, "only a code is asked about"
            if purpose == REDEEM:
                return await dry_run.would_work(actor, self.story.code_id)
            return await dry_run.would_work(
                actor, self.story.code_id, workspace_id=workspace_id, action_id=purpose
            )

        found = await actions.run(command, slug=self.actor.slug, button=go, form=form)
        return found and (found.reason is None, story_words.verdict(found))
