import { defineView } from '../view.ts'

export const checkpointsView = defineView({
  id: 'checkpoints',
  title: 'Checkpoints',
  aka: ['list', 'show', 'archives', 'open'],
  group: 'checkpoints',
  keys: 'g l',
  always: true,
  load: () => import('./CheckpointsView.svelte'),
})
