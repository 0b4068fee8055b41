import { isAbsent } from '../../model/absent.ts'
import { countAllFiles } from '../../query/files.ts'
import { defineView } from '../view.ts'

export const filesView = defineView({
  id: 'files',
  title: 'Files',
  aka: ['lsof', 'descriptors', 'fds', 'open files'],
  keys: 'g f',
  group: 'processes',
  reveals: ['file', 'fd'],
  count: (cp) => {
    const count = countAllFiles(cp)
    return isAbsent(count) ? undefined : count
  },
  emptyReason: (cp) => {
    const count = countAllFiles(cp)
    if (isAbsent(count)) return count.why
    return count === 0 ? 'No process has an open descriptor.' : undefined
  },
  load: () => import('./FilesView.svelte'),
})
