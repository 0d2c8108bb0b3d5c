"""A status as a tinted pill with its word, and the bar of a batch; as templates for table cells."""

PILL = """
<q-td :props="props">
  <span class="pill" :class="'tone-' + props.row.tone">{{ props.value }}</span>
</q-td>
"""

BAR = """
<q-td :props="props">
  <template v-if="props.row.state">
    <span class="pill" :class="'tone-' + props.row.tone">{{ props.row.state }}</span>
  </template>
  <template v-else-if="props.row.made >= 0">
    <span class="bar" role="img" :aria-label="props.row.told">
      <i class="made" :style="{ flexGrow: props.row.made }"></i>
      <i class="rest" :style="{ flexGrow: props.row.rest }"></i>
    </span>
    <span class="bar-text">{{ props.row.summary }}</span>
  </template>
  <template v-else>
    <span class="bar" role="img" :aria-label="props.row.told">
      <i v-if="props.row.ready" class="ready" :style="{ flexGrow: props.row.ready }"></i>
      <i v-if="props.row.expired" class="expired" :style="{ flexGrow: props.row.expired }"></i>
      <i v-if="props.row.early" class="other" :style="{ flexGrow: props.row.early }"></i>
      <i v-if="props.row.activated" class="activated"
        :style="{ flexGrow: props.row.activated }"></i>
      <i v-if="props.row.held" class="other" :style="{ flexGrow: props.row.held }"></i>
      <i v-if="props.row.revoked" class="revoked" :style="{ flexGrow: props.row.revoked }"></i>
      <q-tooltip>{{ props.row.told }}</q-tooltip>
    </span>
    <span class="bar-text">{{ props.row.summary }}</span>
  </template>
</q-td>
"""
