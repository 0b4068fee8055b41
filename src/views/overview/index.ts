import { defineView } from '../view.ts'

export const overviewView = defineView({
  id: 'overview',
  title: 'Overview',
  aka: ['inspect', 'show', 'summary', 'metadata', 'spec', 'annotations', 'statistics'],
  keys: 'g o',
  group: 'container',
  load: () => import('./OverviewView.svelte'),
})
