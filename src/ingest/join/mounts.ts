/** Mounts of the dumped mount namespaces, in the words of /proc/<pid>/mountinfo. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { mnt_entry } from '../../criu/generated/types.ts'
import type { Mount } from '../../model/checkpoint.ts'
import { filesystemName } from '../../criu/names.ts'
import type { Evidence } from '../evidence.ts'
import { deviceText } from './file-details.ts'
import { note, readAll } from './records.ts'

/** Per-mount flags of mount(2) in the order and words of mountinfo (fs/proc_namespace.c). */
const MOUNT_OPTIONS: readonly (readonly [number, string])[] = [
  [2, 'nosuid'],
  [4, 'nodev'],
  [8, 'noexec'],
  [1024, 'noatime'],
  [2048, 'nodiratime'],
  [1 << 21, 'relatime'],
  [256, 'nosymfollow'],
]

/** Flags of the super block, likewise. */
const SUPER_OPTIONS: readonly (readonly [number, string])[] = [
  [16, 'sync'],
  [128, 'dirsync'],
  [64, 'mand'],
  [1 << 25, 'lazytime'],
]

const MS_RDONLY = 1

function optionText(flags: number, table: readonly (readonly [number, string])[]): string {
  const names = table.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  return [(flags & MS_RDONLY) !== 0 ? 'ro' : 'rw', ...names].join(',')
}

/** Before sb_flags was recorded, `flags` held those of the super block as well. */
function superText(entry: mnt_entry): string {
  const own = entry.options ?? ''
  const flags = optionText(entry.sb_flags ?? entry.flags ?? 0, SUPER_OPTIONS)
  return own === '' ? flags : `${flags},${own}`
}

function group(id: number | undefined): Maybe<number> {
  return id === undefined || id === 0 ? absent('not-applicable', 'The mount is not in such a peer group.') : id
}

/** CRIU writes 0 for a file system that it does not save itself, such as a bind mount from the host's disk. */
function fsName(entry: mnt_entry): string {
  const { fstype, fsname } = entry
  if (fsname !== undefined && fsname !== '') return fsname
  return (
    filesystemName(fstype ?? 0) ??
    (fstype === undefined || fstype === 0 || fstype === 16 ? 'unknown' : `type ${fstype}`)
  )
}

/** Mounts of all namespaces, parents before their children where the images allow it. */
export async function joinMounts(evidence: Evidence): Promise<Mount[]> {
  const mounts: Mount[] = []
  for (const { member, id: ns } of evidence.imagesOf('MNTS')) {
    const fileName = member.name.slice(evidence.imageDir.length)
    const rows: Mount[] = []
    for (const { value, origin } of await readAll(evidence, fileName, 'mnt_entry')) {
      if (value.mnt_id === undefined) {
        note(evidence, 'warning', 'mount-id-missing', 'A mount has no id and is left out.', { origin })
        continue
      }
      rows.push({
        ns: ns ?? 0,
        id: value.mnt_id,
        parentId: value.parent_mnt_id ?? 0,
        mountPoint: value.mountpoint ?? '',
        root: value.root ?? '',
        source: value.source ?? '',
        fsType: fsName(value),
        options: optionText(value.flags ?? 0, MOUNT_OPTIONS),
        superOptions: superText(value),
        device: deviceText(value.root_dev),
        sharedId: group(value.shared_id),
        masterId: group(value.master_id),
        externalKey: value.ext_key ?? absent('not-applicable', 'The mount is not supplied by the engine.'),
        deleted: value.deleted === true,
        origin,
      })
    }
    mounts.push(...parentsFirst(rows))
  }
  return mounts
}

/** CRIU lists the newest mount first; mountinfo and people want the root first. */
function parentsFirst(rows: readonly Mount[]): Mount[] {
  const ids = new Set(rows.map((row) => row.id))
  const children = new Map<number, Mount[]>()
  const roots: Mount[] = []
  for (const row of rows.toReversed()) {
    const list = row.parentId === row.id || !ids.has(row.parentId) ? roots : childList(children, row.parentId)
    list.push(row)
  }
  const ordered: Mount[] = []
  const done = new Set<Mount>()
  const stack = roots.toReversed()
  for (let row = stack.pop(); row; row = stack.pop()) {
    if (done.has(row)) continue
    done.add(row)
    ordered.push(row)
    stack.push(...(children.get(row.id) ?? []).toReversed())
  }
  // Mounts in a circle of parents are reached from no root.
  return [...ordered, ...rows.filter((row) => !done.has(row))]
}

function childList(children: Map<number, Mount[]>, id: number): Mount[] {
  const list = children.get(id) ?? []
  children.set(id, list)
  return list
}
