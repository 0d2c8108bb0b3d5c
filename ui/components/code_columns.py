"""The columns of a batch's codes: as they are, and where they were sent to people one by one."""

from ui.components.status import PILL
from ui.components.table import Column

CODE = """<q-td :props="props"><span class="code">{{ props.value }}</span></q-td>"""
# What most rows have stands last, so that it is below its like
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button v-if="props.row.retry" @click="() => $parent.$emit('retry', props.row.id)"
      :aria-label="'Retry the mail with code ' + props.row.nr">
      <span class="icon icon-rotate-cw" aria-hidden="true"></span><q-tooltip>Retry</q-tooltip>
    </button>
    <button v-if="props.row.resend" @click="() => $parent.$emit('resend', props.row.id)"
      :aria-label="'Resend the mail with code ' + props.row.nr">
      <span class="icon icon-send" aria-hidden="true"></span><q-tooltip>Resend</q-tooltip>
    </button>
    <button v-if="props.row.redirect" @click="() => $parent.$emit('redirect', props.row.id)"
      :aria-label="'Send code ' + props.row.nr + ' to another address'">
      <span class="icon icon-pencil" aria-hidden="true"></span>
      <q-tooltip>Send to another address</q-tooltip>
    </button>
    <button v-if="props.row.releasable" @click="() => $parent.$emit('release', props.row.id)"
      :aria-label="'Release code ' + props.row.nr">
      <span class="icon icon-lock-open" aria-hidden="true"></span><q-tooltip>Release</q-tooltip>
    </button>
    <button v-if="props.row.revocable" @click="() => $parent.$emit('revoke', props.row.id)"
      :aria-label="'Revoke code ' + props.row.nr">
      <span class="icon icon-ban" aria-hidden="true"></span><q-tooltip>Revoke</q-tooltip>
    </button>
    <button @click="() => $parent.$emit('copy', props.row.id)"
      :aria-label="'Copy code ' + props.row.nr">
      <span class="icon icon-copy" aria-hidden="true"></span><q-tooltip>Copy</q-tooltip>
    </button>
  </span>
</q-td>
"""
SENT = """
<q-td :props="props">
  <span v-if="props.value" class="two" :title="props.row.person">
    <span :title="props.value">{{ props.value }}</span>
    <small :class="{ danger: props.row.failed }">{{ props.row.mail }}</small>
  </span>
</q-td>
"""
USED = """
<q-td :props="props">
  <span v-if="props.value" class="two">
    <span>{{ props.value }}</span><small :title="props.row.email">{{ props.row.email }}</small>
    <small class="when">{{ props.row.when }}</small>
  </span>
</q-td>
"""
CODE_AND_STATUS = [
    Column(name="code", label="Code", sortable=True, cell=CODE),
    Column(name="status", label="Status", sortable=True, cell=PILL),
]
WHEN_AND_ACTIONS = [
    Column(name="when", label="When", look="quiet"),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]
COLUMNS = [
    *CODE_AND_STATUS,
    Column(name="holder", label="Activated by", look="wrap"),
    Column(name="email", label="E-mail", look="quiet wrap"),
    *WHEN_AND_ACTIONS,
]
# Sent to people: whom, and who used it, each in one place; where the table is narrow, when as well
DELIVERED = [
    *CODE_AND_STATUS,
    Column(name="sent", label="Sent to", look="wrap", cell=SENT),
    Column(name="holder", label="Activated by", look="wrap", cell=USED),
    *WHEN_AND_ACTIONS,
]
