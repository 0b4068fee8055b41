/** Mounts of the dumped mount namespaces, in the words of /proc/<pid>/mountinfo. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { mnt_entry } from '../../criu/generated/types.ts'
import type { Mount } from '../../model/checkpoint.ts'
import type { Evidence } from '../evidence.ts'
import { deviceText } from './file-details.ts'
import { MOUNT_OPTIONS, SUPER_OPTIONS } from './linux.ts'
import { note, readAll } from './records.ts'

/** File systems by CRIU's numbers (criu/include/filesystems.h, images/mnt.proto). */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  1: 'proc',
  2: 'sysfs',
  3: 'devtmpfs',
  4: 'binfmt_misc',
  5: 'tmpfs',
  6: 'devpts',
  7: 'simfs',
  8: 'pstore',
  9: 'securityfs',
  10: 'fusectl',
  11: 'debugfs',
  12: 'cgroup',
  13: 'aufs',
  14: 'mqueue',
  15: 'fuse',
  17: 'overlay',
  18: 'autofs',
  19: 'tracefs',
  23: 'cgroup2',
}

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

function fsName(entry: mnt_entry): string {
  if (entry.fsname !== undefined && entry.fsname !== '') return entry.fsname
  const known = FILE_SYSTEMS[entry.fstype ?? -1]
  // 0: a file system that CRIU does not save itself, such as a bind mount from the host's disk.
  return known ?? (entry.fstype === 0 ? 'unknown' : entry.fstype === 16 ? 'auto' : `type ${entry.fstype ?? '?'}`)
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
