import { defineView } from '../view.ts'

export const diagnosticsView = defineView({
  id: 'diagnostics',
  title: 'Diagnostics',
  aka: ['errors', 'warnings', 'problems', 'health'],
  keys: 'g d',
  group: 'archive',
  count: (cp) => cp.diagnostics.length + cp.diagnosticsDropped,
  emptyReason: (cp) =>
    cp.diagnostics.length === 0 ? 'Everything in this archive that is known could be read.' : undefined,
  load: () => import('./DiagnosticsView.svelte'),
})
