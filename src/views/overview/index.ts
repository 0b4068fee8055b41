import { defineView } from '../view.ts'

export const overviewView = defineView({
  id: 'overview',
  title: 'Overview',
  aka: ['inspect', 'show', 'summary', 'metadata', 'spec', 'annotations', 'statistics'],
  group: 'container',
  keys: 'g o',
  load: () => import('./OverviewView.svelte'),
})
