/** Facts that CRIU recorded of itself and the host: inventory.img, utsns, core (architecture), netns. */
import { recordsOf } from '../criu/decode-image.ts'
import { absent, type Maybe } from '../model/absent.ts'
import type { MoreFact } from '../model/metadata.ts'
import type { Fact, Trace } from '../model/origin.ts'
import { noFact } from '../oci/fact.ts'
import { originOf, type Evidence } from './evidence.ts'

/** What the rest of the metadata needs to know of the images. */
export interface CriuFacts {
  readonly imageFormat: Fact<string>
  readonly architecture: Fact<string>
  readonly hostname: Fact<string>
  /** Key of the external network namespace, where the dump says that it is one. */
  readonly externalNetwork: Fact<string>
  readonly tcpClose: boolean
  readonly preDump: boolean
  readonly runId: string | undefined
  readonly more: readonly MoreFact[]
}

const FORMATS: Readonly<Record<number, string>> = { 1: '1.0', 2: '1.1', 3: '1.2 (pages may be compressed)' }
const LSM: Readonly<Record<number, string>> = { 0: 'none', 1: 'SELinux', 2: 'AppArmor' }
/** criu/include/cr_options.h. */
const NETWORK_LOCK: Readonly<Record<number, string>> = { 0: 'iptables', 1: 'nftables', 2: 'not at all' }
const PRE_DUMP: Readonly<Record<number, string>> = { 1: 'splice', 2: 'read' }
/** images/core.proto, `march`. */
const MACHINES: Readonly<Record<number, string>> = {
  1: 'x86_64',
  2: 'arm',
  3: 'aarch64',
  4: 'ppc64',
  5: 's390',
  6: 'mips',
  7: 'loongarch64',
  8: 'riscv64',
}

function named(names: Readonly<Record<number, string>>, value: number | undefined): Maybe<string> {
  if (value === undefined) return absent('not-recorded', 'the image does not record it')
  return names[value] ?? `${value} (a value that is not known here)`
}

export async function readCriuFacts(evidence: Evidence): Promise<CriuFacts> {
  const [inventory, architecture, hostname, externalNetwork] = [
    await readInventory(evidence),
    await readArchitecture(evidence),
    await readHostname(evidence),
    await readExternalNetwork(evidence),
  ]
  return { ...inventory, architecture, hostname, externalNetwork }
}

type InventoryFacts = Pick<CriuFacts, 'imageFormat' | 'tcpClose' | 'preDump' | 'runId' | 'more'>

async function readInventory(evidence: Evidence): Promise<InventoryFacts> {
  const image = await evidence.image('inventory.img')
  const record = image && recordsOf(image, 'inventory_entry')[0]
  if (!image || !record) {
    const why = 'inventory.img is missing or cannot be decoded'
    evidence.diagnose({
      severity: 'warning',
      code: 'inventory-missing',
      message: `${why}: the image format, the root identifiers and the security module are not known.`,
    })
    const imageFormat = noFact('unreadable', why)
    return { imageFormat, tcpClose: false, preDump: false, runId: undefined, more: [] }
  }
  const { value } = record
  const trace = (path: string): Trace => ({ origin: originOf(image, record), path })
  const line = (label: string, path: string, fact: Maybe<string> | undefined): MoreFact[] =>
    fact === undefined ? [] : [{ label, group: 'CRIU images', fact: { value: fact, from: trace(path) } }]
  const optional = (names: Readonly<Record<number, string>>, number: number | undefined) =>
    number === undefined ? undefined : named(names, number)
  const more = [
    ...line('Security module', 'lsmtype', optional(LSM, value.lsmtype)),
    ...line('Uptime of the host at the dump', 'dump_uptime', tellMicroseconds(value.dump_uptime)),
    ...line('Memory collected before the freeze by', 'pre_dump_mode', optional(PRE_DUMP, value.pre_dump_mode)),
    ...line('TCP connections', 'tcp_close', tellTcpClose(value.tcp_close)),
    ...line('Network locked with', 'network_lock_method', optional(NETWORK_LOCK, value.network_lock_method)),
    ...line('Plugins', 'plugins_entry.plugins', tellPlugins(value.plugins_entry?.plugins)),
    ...line('CRIU run id', 'dump_criu_run_id', value.dump_criu_run_id),
    ...line('Uprobes', 'allow_uprobes', value.allow_uprobes === true ? 'may be present in memory' : undefined),
  ]
  return {
    imageFormat: { value: named(FORMATS, value.img_version), from: trace('img_version') },
    tcpClose: value.tcp_close === true,
    preDump: value.pre_dump_mode !== undefined,
    runId: value.dump_criu_run_id,
    more,
  }
}

function tellTcpClose(tcpClose: boolean | undefined): string | undefined {
  if (tcpClose === undefined) return undefined
  return tcpClose ? 'closed by the dump: their state was not saved' : 'saved where established'
}

function tellMicroseconds(value: bigint | undefined): string | undefined {
  if (value === undefined) return undefined
  const seconds = value / 1_000_000n
  return `${seconds / 86_400n} d ${(seconds / 3600n) % 24n} h ${(seconds / 60n) % 60n} min ${seconds % 60n} s (${value} µs)`
}

async function readArchitecture(evidence: Evidence): Promise<Fact<string>> {
  const pstree = await evidence.image('pstree.img')
  const root = pstree && recordsOf(pstree, 'pstree_entry')[0]?.value.pid
  const other = evidence.imagesOf('CORE')[0]
  const own = root === undefined ? undefined : await evidence.image(`core-${root}.img`)
  const image = own ?? (other && (await evidence.imageOf(other.member)))
  const record = image && recordsOf(image, 'core_entry')[0]
  if (!record) return noFact('unreadable', 'no core image says for which architecture its registers are')
  return { value: named(MACHINES, record.value.mtype), from: { origin: originOf(image, record), path: 'mtype' } }
}

async function readHostname(evidence: Evidence): Promise<Fact<string>> {
  const uts = evidence.imagesOf('UTSNS')[0]
  const image = uts && (await evidence.imageOf(uts.member))
  const record = image && recordsOf(image, 'utsns_entry')[0]
  const name = record?.value.nodename
  if (!record || name === undefined)
    return noFact('not-recorded', 'no UTS namespace was dumped: the container shared that of its host or pod')
  return { value: name, from: { origin: originOf(image, record), path: 'nodename' } }
}

/** The netns image of an external namespace carries the key under which the engine supplies it at restore. */
async function readExternalNetwork(evidence: Evidence): Promise<Fact<string>> {
  for (const { member } of evidence.imagesOf('NETNS')) {
    const image = await evidence.imageOf(member)
    const record = image && recordsOf(image, 'netns_entry')[0]
    const key = record?.value.ext_key
    if (record && key !== undefined) return { value: key, from: { origin: originOf(image, record), path: 'ext_key' } }
  }
  return noFact('not-applicable', 'the dump has no external network namespace')
}

function tellPlugins(plugins: readonly string[] | undefined): string | undefined {
  return plugins && (plugins.length > 0 ? plugins.join(', ') : 'none')
}
