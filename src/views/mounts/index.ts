import { isAbsent, present } from '../../model/absent.ts'
import { defineView } from '../view.ts'

export const mountsView = defineView({
  id: 'mounts',
  title: 'Mounts',
  aka: ['mountinfo', 'findmnt', 'bind mounts', 'volumes'],
  keys: 'g n',
  group: 'container',
  reveals: ['mount'],
  count: (cp) => (isAbsent(cp.mounts) ? undefined : cp.mounts.length),
  emptyReason: (cp) => {
    const spec = present(cp.metadata.spec)
    const inSpec = spec === undefined ? undefined : present(spec.mounts)
    if (inSpec !== undefined && inSpec.length > 0) return undefined
    if (isAbsent(cp.mounts)) return cp.mounts.why
    return cp.mounts.length === 0 ? 'No mount namespace was dumped.' : undefined
  },
  load: () => import('./MountsView.svelte'),
})
