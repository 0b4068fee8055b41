import { defineView } from '../view.ts'

export const contentsView = defineView({
  id: 'contents',
  title: 'Contents',
  aka: ['members', 'tar', 'archive', 'files of the archive'],
  keys: 'g c',
  group: 'archive',
  reveals: ['member'],
  count: (cp) => cp.members.length,
  emptyReason: (cp) => (cp.members.length === 0 ? 'The archive has no members.' : undefined),
  load: () => import('./ContentsView.svelte'),
})
