import { defineView } from '../view.ts'

export const checkpointsView = defineView({
  id: 'checkpoints',
  title: 'Checkpoints',
  aka: ['list', 'show', 'archives', 'open'],
  keys: 'g l',
  group: 'checkpoints',
  always: true,
  load: () => import('./CheckpointsView.svelte'),
})
