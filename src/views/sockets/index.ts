import { isAbsent } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const socketsView = defineView({
  id: 'sockets',
  title: 'Sockets',
  aka: ['ss', 'netstat', 'sockstat', 'connections'],
  keys: 'g s',
  group: 'processes',
  reveals: ['socket'],
  count: (cp) => (isAbsent(cp.sockets) ? undefined : cp.sockets.length),
  emptyReason: (cp) => {
    if (isAbsent(cp.sockets)) return cp.sockets.why
    return cp.sockets.length === 0 ? 'No process had a socket open when the checkpoint was made.' : undefined
  },
  load: () => import('./SocketsView.svelte'),
})
