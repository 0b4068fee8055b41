import { isAbsent } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const hexView = defineView({
  id: 'hex',
  title: 'Hex',
  aka: ['xxd', 'hexdump', 'bytes', 'memory dump', 'goto address'],
  keys: 'g x',
  group: 'processes',
  reveals: ['memory'],
  emptyReason: (cp) => (isAbsent(cp.processes) ? cp.processes.why : undefined),
  load: () => import('./HexView.svelte'),
})
