/** The columns of `checkpointctl show`. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { createdText, firstAddress, textOf } from './identity-text.ts'
import { iecText } from './sizes-text.ts'

/** Column headings in their order, and texts; columns that checkpointctl leaves out when empty are left out. */
export function showJson(checkpoint: Checkpoint): Record<string, string> {
  const { metadata, sizes } = checkpoint
  const { ip, mac } = firstAddress(checkpoint)
  const size = present(sizes.checkpoint)
  const diff = present(sizes.rootfsDiff)
  return {
    CONTAINER: textOf(metadata.container),
    IMAGE: textOf(metadata.image),
    ID: textOf(metadata.containerId).slice(0, 12),
    RUNTIME: textOf(metadata.runtime),
    CREATED: createdText(checkpoint),
    ENGINE: present(metadata.engine.value) ?? '',
    ...(ip === '' ? {} : { IP: ip }),
    ...(mac === '' ? {} : { MAC: mac }),
    ...(size === undefined ? {} : { 'CHKPT SIZE': iecText(size) }),
    ...(diff === undefined || diff === 0 ? {} : { 'ROOT FS DIFF SIZE': iecText(diff) }),
  }
}
