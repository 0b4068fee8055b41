/** Namespaces that processes of the checkpoint are in, and what the dump says of them. */
import type { task_kobj_ids_entry, uid_gid_extent } from '../../criu/generated/types.ts'
import type { Mount, Namespace } from '../../model/checkpoint.ts'
import type { Origin } from '../../model/origin.ts'
import type { Evidence } from '../evidence.ts'
import { seconds } from './file-details.ts'
import { readAll, readFirst } from './records.ts'
import type { Task } from './tasks.ts'

export type NamespaceKind = Namespace['kind']

export const NAMESPACE_FIELDS: readonly (readonly [NamespaceKind, keyof task_kobj_ids_entry])[] = [
  ['pid', 'pid_ns_id'],
  ['net', 'net_ns_id'],
  ['mnt', 'mnt_ns_id'],
  ['uts', 'uts_ns_id'],
  ['ipc', 'ipc_ns_id'],
  ['user', 'user_ns_id'],
  ['time', 'time_ns_id'],
  ['cgroup', 'cgroup_ns_id'],
]

/** CRIU's id of a namespace of a process; undefined when that kind is not recorded. */
export function namespaceId(ids: task_kobj_ids_entry, field: keyof task_kobj_ids_entry): number | undefined {
  const id = ids[field]
  return typeof id === 'number' ? id : undefined
}

interface Described {
  readonly summary: string
  readonly external: boolean
  readonly origin: Origin | undefined
}

/** One row for each namespace that a process is in, grouped by kind. */
export async function joinNamespaces(
  evidence: Evidence,
  tasks: readonly Task[],
  mounts: readonly Mount[],
): Promise<Namespace[]> {
  const outside = (await readFirst(evidence, 'inventory.img', 'inventory_entry'))?.value.root_ids
  const rows: Namespace[] = []
  for (const [kind, field] of NAMESPACE_FIELDS) {
    const pids = new Map<number, number[]>()
    for (const { pid, ids } of tasks) {
      const id = ids && namespaceId(ids.value, field)
      if (id === undefined || id === 0) continue
      const list = pids.get(id)
      if (list) list.push(pid)
      else pids.set(id, [pid])
    }
    for (const [id, members] of pids) {
      const shared = outside !== undefined && namespaceId(outside, field) === id
      const found: Described = shared
        ? { summary: 'The same as that of CRIU on the host; not dumped.', external: true, origin: undefined }
        : await describe(evidence, kind, id, mounts)
      rows.push({ kind, id, ...found, pids: members })
    }
  }
  return rows
}

async function describe(
  evidence: Evidence,
  kind: NamespaceKind,
  id: number,
  mounts: readonly Mount[],
): Promise<Described> {
  switch (kind) {
    case 'net':
      return describeNet(evidence, id)
    case 'uts':
      return describeUts(evidence, id)
    case 'user':
      return describeUser(evidence, id)
    case 'time':
      return describeTime(evidence, id)
    case 'pid': {
      const found = await readFirst(evidence, `pidns-${id}.img`, 'pidns_entry')
      const key = found?.value.ext_key
      const summary =
        key === undefined ? 'Own process ids; the ids shown are those inside.' : `Supplied by the engine (${key}).`
      return { summary, external: key !== undefined, origin: found?.origin }
    }
    case 'mnt': {
      const count = mounts.filter((mount) => mount.ns === id).length
      return { summary: `${count} ${count === 1 ? 'mount' : 'mounts'}.`, external: false, origin: undefined }
    }
    case 'ipc':
      return describeIpc(evidence, id)
    case 'cgroup':
      return { summary: 'Own view of the control groups.', external: false, origin: undefined }
  }
}

async function describeNet(evidence: Evidence, id: number): Promise<Described> {
  const netns = await readFirst(evidence, `netns-${id}.img`, 'netns_entry')
  const key = netns?.value.ext_key
  if (key !== undefined)
    return {
      summary: `Supplied by the engine (${key}): interfaces, routes and firewall are not in the archive.`,
      external: true,
      origin: netns?.origin,
    }
  const devices = await readAll(evidence, `netdev-${id}.img`, 'net_device_entry')
  const names = devices.slice(0, 16).map(({ value }) => value.name ?? `interface ${value.ifindex ?? '?'}`)
  const more = devices.length > names.length ? ` and ${devices.length - names.length} more` : ''
  const summary = devices.length === 0 ? 'No network devices on record.' : `Devices: ${names.join(', ')}${more}.`
  return { summary, external: false, origin: netns?.origin ?? devices[0]?.origin }
}

async function describeUts(evidence: Evidence, id: number): Promise<Described> {
  const found = await readFirst(evidence, `utsns-${id}.img`, 'utsns_entry')
  const domain = found?.value.domainname
  const known = domain === undefined || domain === '' || domain === '(none)' ? '' : `, domain ${domain}`
  const summary = found
    ? `Host name ${found.value.nodename ?? 'not recorded'}${known}.`
    : 'Its names are not in the archive.'
  return { summary, external: false, origin: found?.origin }
}

function mapText(extents: readonly uid_gid_extent[]): string {
  const shown = extents.slice(0, 8).map((e) => `${e.first ?? '?'}+${e.count ?? '?'} → ${e.lower_first ?? '?'}`)
  return shown.join(', ') + (extents.length > shown.length ? ', …' : '')
}

async function describeUser(evidence: Evidence, id: number): Promise<Described> {
  const found = await readFirst(evidence, `userns-${id}.img`, 'userns_entry')
  const summary = found
    ? `Users ${mapText(found.value.uid_map)}; groups ${mapText(found.value.gid_map)}.`
    : 'Its id mappings are not in the archive.'
  return { summary, external: false, origin: found?.origin }
}

async function describeTime(evidence: Evidence, id: number): Promise<Described> {
  const found = await readFirst(evidence, `timens-${id}.img`, 'timens_entry')
  const { monotonic, boottime } = found?.value ?? {}
  const summary = found
    ? `Clocks at the dump: monotonic ${seconds(monotonic?.tv_sec, monotonic?.tv_nsec) ?? '?'}, boot ${seconds(boottime?.tv_sec, boottime?.tv_nsec) ?? '?'}.`
    : 'Its clock offsets are not in the archive.'
  return { summary, external: false, origin: found?.origin }
}

async function describeIpc(evidence: Evidence, id: number): Promise<Described> {
  const shm = await readAll(evidence, `ipcns-shm-${id}.img`, 'ipc_shm_entry')
  const msg = await readAll(evidence, `ipcns-msg-${id}.img`, 'ipc_msg_entry')
  const sem = await readAll(evidence, `ipcns-sem-${id}.img`, 'ipc_sem_entry')
  const summary = `System V: ${shm.length} shared memory segments, ${msg.length} message queues, ${sem.length} semaphore sets.`
  const limits = await readFirst(evidence, `ipcns-var-${id}.img`, 'ipc_var_entry')
  return { summary, external: false, origin: limits?.origin }
}
