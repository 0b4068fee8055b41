/** Shared memory objects: System V segments, memfds, anonymous shared memory; who maps them and what is stored. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { SharedObject } from '../../model/memory.ts'
import type { Origin } from '../../model/origin.ts'
import type { Evidence } from '../evidence.ts'
import { SHARED_ANONYMOUS } from './file-names.ts'
import { storedBytes, type InlineObject } from './memory-images.ts'
import type { MemoryIndex } from './memory.ts'
import { readAll, type Found } from './records.ts'
import { isLive, type Task } from './tasks.ts'

/** What the images record of an object. */
export interface ObjectRecord {
  readonly shmid: number
  readonly kind: SharedObject['kind']
  /** As the kernel names the file behind it: `/SYSV00000000`, `/memfd:name`, `/dev/zero`. */
  readonly file: string
  readonly name: Maybe<string>
  /** Bytes, where recorded. */
  readonly size: bigint | undefined
  readonly origin: Origin | undefined
  /** Its bytes, when they stand in the image that describes it. */
  readonly content: InlineObject | undefined
}

const NAMELESS = absent('not-applicable', 'Anonymous shared memory has no name.')

/** All objects that an image describes or holds pages of. */
export async function readObjects(evidence: Evidence, pagemaps: readonly number[]): Promise<Map<number, ObjectRecord>> {
  const objects = new Map<number, ObjectRecord>()
  for (const shmid of pagemaps)
    objects.set(shmid, {
      shmid,
      kind: 'unknown',
      file: SHARED_ANONYMOUS,
      name: NAMELESS,
      size: undefined,
      origin: undefined,
      content: undefined,
    })
  for (const found of await readAll(evidence, 'memfd.img', 'memfd_inode_entry')) {
    const { shmid } = found.value
    if (shmid !== undefined) objects.set(shmid, { shmid, ...memfdOf(found) })
  }
  for (const { member } of evidence.imagesOf('IPCNS_SHM'))
    for (const found of await readAll(evidence, member.name.slice(evidence.imageDir.length), 'ipc_shm_entry')) {
      const { value, origin, record } = found
      const { id: shmid, key = 0 } = value.desc ?? {}
      if (shmid === undefined) continue
      const hex = (key >>> 0).toString(16).padStart(8, '0')
      const content = record.extra?.kind === 'bytes' ? { member, origin, ...record.extra.data } : undefined
      const names = { file: `/SYSV${hex}`, name: `key 0x${hex}` }
      objects.set(shmid, { shmid, kind: 'sysv', ...names, size: value.size, origin, content })
    }
  return objects
}

function memfdOf({ value, origin }: Found<'memfd_inode_entry'>): Omit<ObjectRecord, 'shmid'> {
  const { name = '', size } = value
  if (name === SHARED_ANONYMOUS)
    return { kind: 'anonymous', file: name, name: NAMELESS, size, origin, content: undefined }
  return { kind: 'memfd', file: `/memfd:${name}`, name, size, origin, content: undefined }
}

/** The objects with what the processes and the pagemaps say of them, by number. */
export function listObjects(memory: MemoryIndex, tasks: Iterable<Task>): readonly SharedObject[] {
  const pids = new Map<number, Set<number>>()
  const mapped = new Map<number, bigint>()
  for (const task of tasks) {
    if (!isLive(task.state)) continue
    for (const { value } of task.vmas) {
      const shmid = memory.objectOf(value)
      if (shmid === undefined) continue
      const end = (value.pgoff ?? 0n) + (value.end ?? 0n) - (value.start ?? 0n)
      if (end > (mapped.get(shmid) ?? 0n)) mapped.set(shmid, end)
      const known = pids.get(shmid)
      if (known) known.add(task.pid)
      else pids.set(shmid, new Set([task.pid]))
    }
  }
  const { pageSize } = memory.images
  const shmids = [...new Set([...memory.objects.keys(), ...pids.keys()])].sort((a, b) => a - b)
  return shmids.map((shmid): SharedObject => {
    const record = memory.objects.get(shmid)
    const count = memory.images.count({ kind: 'shared', id: shmid })
    return {
      shmid,
      kind: record?.kind ?? 'unknown',
      name: record?.name ?? absent('not-recorded', 'No image describes this object.'),
      size:
        record?.size ?? mapped.get(shmid) ?? absent('not-recorded', 'Its size is not on record, and nobody maps it.'),
      stored: !count
        ? absent('not-in-archive', 'Its pages are not in the archive.')
        : pageSize === undefined
          ? absent('unparsable', 'The page size is not known.')
          : storedBytes(count, pageSize),
      pids: [...(pids.get(shmid) ?? [])].sort((a, b) => a - b),
      origin: record?.origin ?? count?.origin,
    }
  })
}
