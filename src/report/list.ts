/** A row of `checkpointctl list`, with what it leaves out. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { listTime, textOf } from './identity-text.ts'

/** Values are text; '' where the checkpoint does not say. Sizes in bytes or null. */
export function listJson(checkpoint: Checkpoint): Record<string, unknown> {
  const { metadata, sizes, archive } = checkpoint
  return {
    namespace: textOf(metadata.podNamespace),
    pod: textOf(metadata.pod),
    container: textOf(metadata.container),
    engine: present(metadata.engine.value) ?? '',
    time_checkpointed: listTime(metadata.checkpointed),
    checkpoint_name: archive.label,
    id: checkpoint.id,
    state: checkpoint.state,
    checkpointed: textOf(metadata.checkpointed),
    checkpoint_size: present(sizes.checkpoint) ?? null,
  }
}
