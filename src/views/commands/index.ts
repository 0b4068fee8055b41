import { defineView } from '../view.ts'

export const commandsView = defineView({
  id: 'commands',
  title: 'Commands',
  aka: ['make a checkpoint', 'create', 'build image', 'restore', 'kubectl', 'curl', 'buildah', 'podman', 'help'],
  keys: 'g k',
  group: 'tools',
  always: true,
  load: () => import('./CommandsView.svelte'),
})
