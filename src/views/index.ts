/** All screens, in the order of the navigation. */
import { Registry } from '../base/registry.ts'
import { checkpointsView } from './checkpoints/index.ts'
import { commandsView } from './commands/index.ts'
import { contentsView } from './contents/index.ts'
import { diagnosticsView } from './diagnostics/index.ts'
import { filesView } from './files/index.ts'
import { hexView } from './hex/index.ts'
import { imagesView } from './images/index.ts'
import { mapView } from './map/index.ts'
import { memoryView } from './memory/index.ts'
import { mountsView } from './mounts/index.ts'
import { overviewView } from './overview/index.ts'
import { processesView } from './processes/index.ts'
import { searchView } from './search/index.ts'
import { socketsView } from './sockets/index.ts'

export const views = new Registry([
  checkpointsView,
  overviewView,
  mountsView,
  processesView,
  filesView,
  socketsView,
  memoryView,
  mapView,
  hexView,
  searchView,
  contentsView,
  imagesView,
  diagnosticsView,
  commandsView,
])
