"""Opens the story of a code: what the refusal desk found, and the dry run behind it."""

from collections.abc import Sequence

from nicegui import ui

from services import dry_run
from services.actor import Actor
from services.code_story import Story
from services.dry_run import Verdict
from ui import actions, story_words, tones, wording
from ui.components.fields import Form
from ui.components.story_dialog import REDEEM, StoryDialog


class CodeStory:
    def __init__(self, actor: Actor, story: Story) -> None:
        self.actor, self.story = actor, story

    async def build(self) -> None:
        story = self.story
        if story.code_id is None or story.status is None:
            self.dialog = StoryDialog("A try that hit no code")
            self._tell()
            return
        self.dialog = StoryDialog("Story of a code")
        facts = [story.opens, f"Batch {story.batch_id}"]
        if story.older:
            facts.append(f"{wording.count(story.older, 'older refusal')} not shown")
        tone = tones.STATUS_TONE[story.status]
        self.dialog.set_code(story.masked, story.status.value, *facts, tone=tone)
        self._tell()
        workspaces, purposes = await dry_run.choices(self.actor)
        own = next((each for each, name in purposes.items() if name == story.opens), REDEEM)
        every = {REDEEM: "Redeem page", **purposes}
        self.dialog.show_question(every, own, workspaces, self.actor.workspace, self.ask)

    def _tell(self) -> None:
        for event in self.story.events:
            self.dialog.add_line(
                story_words.head(event),
                story_words.more(event, self.actor.time_zone),
                glyph=story_words.GLYPH[event.turn],
                tone=story_words.TONE[event.turn],
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
