import { isAbsent } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const memoryView = defineView({
  id: 'memory',
  title: 'Memory',
  aka: ['memparse', 'rss', 'pagemap', 'shared memory', 'shm', 'memfd'],
  keys: 'g m',
  group: 'processes',
  count: (cp) => (isAbsent(cp.processes) ? undefined : cp.processes.length),
  emptyReason: (cp) => (isAbsent(cp.processes) ? cp.processes.why : undefined),
  load: () => import('./MemoryView.svelte'),
})
