"""The columns of the ledger of agreements, and one agreement as a row."""

from typing import Any

from models.enums import AgreementState
from services.agreement_list import AgreementView
from ui import tones, wording
from ui.components.status import PILL
from ui.components.table import Column

LOW = 4  # a quarter left is little

REFERENCE = """
<q-td :props="props">
  <span class="two"><b :title="props.value">{{ props.value }}</b><small
    :title="props.row.workspace">{{ props.row.workspace }}</small></span>
</q-td>
"""
ACTION = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small :title="props.row.more">{{
    props.row.more }}</small></span>
</q-td>
"""
LEFT = """
<q-td :props="props">
  <span class="left">
    <span class="bar" role="img" :aria-label="props.value">
      <i v-if="props.row.rest" :class="props.row.meter" :style="{ flexGrow: props.row.rest }"></i>
      <i class="rest" :style="{ flexGrow: props.row.gone }"></i>
    </span>
    <span class="bar-text" aria-hidden="true">{{ props.value }}</span>
  </span>
</q-td>
"""
UNTIL = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small>{{ props.row.since }}</small></span>
</q-td>
"""
EDIT = """
<q-td :props="props">
  <span class="row-actions">
    <button v-if="props.row.running" @click="() => $parent.$emit('end', props.row.id)"
      :aria-label="'End agreement ' + props.row.reference + ' now'">
      <span class="icon icon-ban" aria-hidden="true"></span><q-tooltip>End now</q-tooltip>
    </button>
    <button @click="() => $parent.$emit('edit', props.row.id)"
      :aria-label="'Edit agreement ' + props.row.reference">
      <span class="icon icon-pencil" aria-hidden="true"></span><q-tooltip>Edit</q-tooltip>
    </button>
  </span>
</q-td>
"""
COLUMNS = [
    Column(name="reference", label="Reference", sortable=True, look="wrap", cell=REFERENCE),
    Column(name="action", label="Purchased Action", sortable=True, look="wrap", cell=ACTION),
    Column(name="state", label="Status", cell=PILL),
    Column(name="left", label="Left", cell=LEFT),
    Column(name="issued", label="Issued", sortable=True, end=True, look="num"),
    Column(name="returned", label="Returned", sortable=True, end=True, look="num quiet"),
    Column(name="activated", label="Activated", sortable=True, end=True, look="num"),
    Column(name="until", label="Valid until", sortable=True, look="num", cell=UNTIL),
]
WITH_EDIT = [*COLUMNS, Column(name="actions", label="Actions", end=True, cell=EDIT)]


def row(agreement: AgreementView, *, names_workspace: bool) -> dict[str, Any]:
    """What reaches the browser of one agreement."""
    return {
        "id": agreement.id,
        "reference": agreement.reference,
        "workspace": agreement.workspace if names_workspace else "",
        "action": agreement.action,
        "more": " · ".join(_more(agreement)),
        "state": agreement.state.value,
        "tone": tones.AGREEMENT_TONE[agreement.state],
        "left": f"{agreement.left:,} of {agreement.granted:,}",
        "rest": agreement.left,
        "gone": agreement.granted - agreement.left,
        "meter": _meter(agreement),
        "issued": f"{agreement.issued:,}",
        "returned": f"{agreement.returned:,}",
        "activated": f"{agreement.activated:,}",
        "until": wording.day(agreement.last_day),
        "since": f"from {wording.day(agreement.first_day)}",
        "running": not agreement.is_over,
    }


def _more(agreement: AgreementView) -> list[str]:
    until = agreement.codes_until
    told = {
        "Archived: no codes can be generated": agreement.is_action_archived,
        f"Codes valid until {wording.day(until)}" if until else "": bool(until),
        agreement.note: bool(agreement.note),
    }
    return [words for words, is_so in told.items() if is_so]


def _meter(agreement: AgreementView) -> str:
    if agreement.state in (AgreementState.ENDED, AgreementState.NOT_YET_VALID):
        return "other"
    return "expired" if agreement.left * LOW <= agreement.granted else "made"
