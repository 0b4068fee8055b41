import { defineView } from '../view.ts'

export const imagesView = defineView({
  id: 'images',
  title: 'Images',
  aka: ['crit show', 'crit decode', 'raw', 'protobuf'],
  keys: 'g i',
  group: 'archive',
  count: (cp) => cp.members.filter(({ kind }) => kind === 'criu-image').length,
  emptyReason: (cp) =>
    cp.members.some(({ kind }) => kind === 'criu-image')
      ? undefined
      : 'The archive holds no CRIU image that could be recognised.',
  load: () => import('./ImagesView.svelte'),
})
