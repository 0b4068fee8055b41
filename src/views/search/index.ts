import { isAbsent } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const searchView = defineView({
  id: 'search',
  title: 'Search',
  aka: ['grep', 'yarascan', 'strings', 'ioc', 'memory search', 'find in memory'],
  keys: 'g h',
  group: 'processes',
  emptyReason: (cp) => (isAbsent(cp.memory) ? cp.memory.why : undefined),
  load: () => import('./SearchView.svelte'),
})
