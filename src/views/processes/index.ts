import { isAbsent } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const processesView = defineView({
  id: 'processes',
  title: 'Processes',
  aka: ['ps', 'pslist', 'pstree', 'environment', 'envars', 'threads'],
  keys: 'g p',
  group: 'processes',
  reveals: ['process', 'thread'],
  count: (cp) => (isAbsent(cp.processes) ? undefined : cp.processes.length),
  emptyReason: (cp) => (isAbsent(cp.processes) ? cp.processes.why : undefined),
  load: () => import('./ProcessesView.svelte'),
})
