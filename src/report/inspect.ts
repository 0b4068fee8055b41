/**
 * A checkpoint in the JSON shape of `checkpointctl inspect --all --format json` (internal/json.go there): same keys,
 * same order, keys left out where it leaves them out. Where its values are wrong or it gives up, ours are right;
 * docs/checkpointctl-json.md lists every difference.
 */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Annotation } from '../model/metadata.ts'
import type { ProcessDetail } from '../model/process.ts'
import { createdText, firstAddress, secondsText, textOf } from './identity-text.ts'
import { fileDescriptors } from './inspect-files.ts'
import { networks } from './inspect-networks.ts'
import { processTree } from './inspect-processes.ts'
import { sockets } from './inspect-sockets.ts'
import { compact, sortedMap, type JsonObject } from './json-shape.ts'

/** Statistics that checkpointctl shows. */
const STATISTICS: ReadonlySet<string> = new Set([
  'freezing_time',
  'frozen_time',
  'memdump_time',
  'memwrite_time',
  'pages_scanned',
  'pages_written',
])

/** `details` by pid supply the environments; a process without one has none in the output. */
export function inspectJson(checkpoint: Checkpoint, details: ReadonlyMap<number, ProcessDetail>): JsonObject {
  const { metadata } = checkpoint
  const { ip, mac } = firstAddress(checkpoint)
  const fixed: readonly (readonly [string, unknown])[] = [
    ['container_name', textOf(metadata.container)],
    ['image', textOf(metadata.image)],
    ['id', textOf(metadata.containerId)],
    ['runtime', textOf(metadata.runtime)],
    ['created', createdText(checkpoint)],
  ]
  return {
    ...Object.fromEntries(fixed),
    ...compact([['checkpointed', secondsText(metadata.checkpointed)]]),
    engine: present(metadata.engine.value) ?? '',
    ...compact([
      ['ip', ip],
      ['mac', mac],
      ['networks', networks(checkpoint)],
    ]),
    checkpoint_size: checkpointSize(checkpoint),
    ...compact([
      ['statistics', statistics(checkpoint)],
      ['metadata', podMetadata(checkpoint)],
      ['process_tree', processTree(checkpoint, details)],
      ['file_descriptors', fileDescriptors(checkpoint)],
      ['sockets', sockets(checkpoint)],
      ['mounts', specMounts(checkpoint)],
    ]),
  }
}

function positive(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value
}

function checkpointSize({ sizes, members }: Checkpoint): JsonObject {
  const gpu = members.reduce((sum, member) => sum + (member.image === 'AMDGPU_PAGES' ? member.size : 0), 0)
  return compact([
    ['total_size', positive(present(sizes.checkpoint))],
    ['memory_pages_size', positive(present(sizes.memoryPages))],
    ['amd_gpu_memory_pages_size', positive(gpu)],
    ['root_fs_diff_size', positive(present(sizes.rootfsDiff))],
  ])
}

/** Counters fit a double unless they are nonsense: then text keeps them exact. */
function statistics({ metadata }: Checkpoint): JsonObject | undefined {
  if (isAbsent(metadata.statistics)) return undefined
  return compact(
    metadata.statistics.flatMap(({ id, value }) => {
      const number = present(value)
      if (!STATISTICS.has(id) || number === undefined || number === 0n) return []
      return [[id, number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number.toString()] as const]
    }),
  )
}

/** Annotations of the runtime spec only, as checkpointctl has them, sorted by key as Go writes maps. */
function podMetadata(checkpoint: Checkpoint): JsonObject {
  const { metadata } = checkpoint
  const annotations = metadata.annotations.filter((item) => isOfSpec(checkpoint, item))
  return compact([
    ['pod_name', textOf(metadata.pod)],
    ['kubernetes_namespace', textOf(metadata.podNamespace)],
    ['annotations', annotations.length > 0 ? sortedMap(annotations) : undefined],
  ])
}

function isOfSpec({ members }: Checkpoint, { from }: Annotation): boolean {
  const name = from && members[from.origin.member]?.name
  return name !== undefined && /(^|\/)(spec\.dump|config\.json)$/.test(name)
}

function specMounts({ metadata }: Checkpoint): JsonObject[] {
  if (isAbsent(metadata.spec) || isAbsent(metadata.spec.mounts)) return []
  return metadata.spec.mounts.map((mount) => ({
    destination: mount.destination,
    type: present(mount.type) ?? '',
    source: present(mount.source) ?? '',
  }))
}
