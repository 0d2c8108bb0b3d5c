"""The columns of purchase codes: of all workspaces, or of one batch."""

from ui.components.code_columns import CODE
from ui.components.status import PILL
from ui.components.table import Column

USED = """
<q-td :props="props">
  <span v-if="props.value" class="used" :title="props.row.told">
    <a v-if="props.row.path" :href="props.row.path"
      @click.prevent="() => $parent.$emit('evaluation', props.row.id)">{{ props.value }}</a>
    <span v-else>{{ props.value }}</span>
    <small>{{ props.row.by }}</small>
    <small class="narrow">{{ props.row.activated }}</small>
  </span>
</q-td>
"""
ACTION = """
<q-td :props="props">{{ props.value }}<small class="narrow">{{ props.row.workspace }}</small></q-td>
"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button @click="() => $parent.$emit('copy', props.row.id)"
      :aria-label="'Copy the code ending ' + props.row.ending">
      <span class="icon icon-copy" aria-hidden="true"></span><q-tooltip>Copy</q-tooltip>
    </button>
    <button aria-haspopup="menu" :aria-label="'More for the code ending ' + props.row.ending">
      <span class="icon icon-ellipsis" aria-hidden="true"></span>
      <q-menu anchor="bottom right" self="top right" auto-close>
        <q-item clickable @click="() => $parent.$emit('show', props.row.id)">
          <span class="icon icon-eye" aria-hidden="true"></span>Show code
        </q-item>
        <q-item v-if="props.row.releasable" clickable
          @click="() => $parent.$emit('release', props.row.id)">
          <span class="icon icon-lock-open" aria-hidden="true"></span>Release
        </q-item>
        <q-item v-if="props.row.revocable" clickable
          @click="() => $parent.$emit('revoke', props.row.id)">
          <span class="icon icon-ban" aria-hidden="true"></span>Revoke
        </q-item>
        <q-item v-if="props.row.batch" clickable
          @click="() => $parent.$emit('view', props.row.id)">
          <span class="icon icon-layers" aria-hidden="true"></span>View batch
        </q-item>
      </q-menu>
    </button>
  </span>
</q-td>
"""
USE = [
    Column(name="activated", label="Activated", look="quiet num"),
    Column(name="used", label="Used for", look="quiet wrap", cell=USED),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]
OF_A_BATCH = [
    Column(name="code", label="Code", cell=CODE),
    Column(name="status", label="Status", cell=PILL),
    *USE,
]
EVERYWHERE = [
    Column(name="code", label="Code", cell=CODE),
    Column(name="workspace", label="Workspace", look="quiet wrap"),
    Column(name="action", label="Purchased Action", look="strong wrap", cell=ACTION),
    Column(name="status", label="Status", cell=PILL),
    Column(name="created", label="Created", sortable=True, look="quiet num"),
    *USE,
]
