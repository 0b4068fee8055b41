import { isAbsent } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const mapView = defineView({
  id: 'map',
  title: 'Memory map',
  aka: ['pmap', 'maps', 'smaps', 'vma', 'mappings', 'address space', 'malfind'],
  keys: 'g a',
  group: 'processes',
  emptyReason: (cp) => (isAbsent(cp.processes) ? cp.processes.why : undefined),
  load: () => import('./MapView.svelte'),
})
