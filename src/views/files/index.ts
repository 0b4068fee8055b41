import { isAbsent } from '../../model/absent.ts'
import { listFiles } from '../../query/files.ts'
import { defineView } from '../view.ts'

export const filesView = defineView({
  id: 'files',
  title: 'Files',
  aka: ['lsof', 'descriptors', 'fds', 'open files'],
  keys: 'g f',
  group: 'processes',
  reveals: ['file', 'fd'],
  count: (cp) => {
    const rows = listFiles(cp)
    return isAbsent(rows) ? undefined : rows.length
  },
  emptyReason: (cp) => {
    const rows = listFiles(cp)
    if (isAbsent(rows)) return rows.why
    return rows.length === 0 ? 'No process has an open descriptor.' : undefined
  },
  load: () => import('./FilesView.svelte'),
})
