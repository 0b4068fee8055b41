/**
 * What stands in the memory of a case of the corpus, found without the product: mappings and pagemaps as `crit decode`
 * printed them, bytes out of the pages images by a reader of its own.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { corpusArchive, corpusRoot } from './corpus.ts'
import { caseText } from './joined.ts'

const PAGE = 4096
/** criu/include/image.h: VMA_AREA_SYSVIPC, _ANON_SHARED, _MEMFD; pagemap.h: PE_PRESENT. */
const SYSV_OR_ANON_SHARED = (1 << 10) | (1 << 8)
const MEMFD = 1 << 14
const PRESENT = 4

/** A mapping as `crit decode` shows it. */
export interface OracleMapping {
  readonly start: number
  readonly end: number
  readonly pgoff: number
  readonly shmid: number
  readonly prot: number
  readonly flags: number
  readonly status: number
}

/** Memory whose addresses follow one another. */
export interface Stretch {
  readonly base: number
  readonly bytes: Buffer
}

export interface OracleProcess {
  readonly pid: number
  readonly mappings: readonly OracleMapping[]
  /** Its own pages, those that it shares among them. */
  readonly stretches: readonly Stretch[]
  /** Its own pages as they follow one another in its pages image: address, bytes. */
  readonly runs: readonly Stretch[]
}

export interface OracleMemory {
  readonly processes: readonly OracleProcess[]
  /** Shared memory objects by their number in the names of their images. */
  readonly objects: ReadonlyMap<number, readonly Stretch[]>
  /** Those that no process maps. */
  readonly unmapped: ReadonlySet<number>
}

interface PagemapEntry {
  readonly pages_id?: number
  readonly vaddr?: number
  readonly nr_pages?: number
  readonly compat_nr_pages?: number
  readonly flags?: number
  readonly in_parent?: boolean
}

function decoded(name: string, image: string): readonly unknown[] {
  const file = `oracle/crit/${image}.img.json`
  if (!existsSync(join(corpusRoot ?? '', name, file))) return []
  return (JSON.parse(caseText(name, file)) as { entries: readonly unknown[] }).entries
}

/** Reads the memory of a case. */
export function oracleMemory(name: string): OracleMemory {
  const members = new Map(
    corpusArchive(name).map(({ path, bytes }) => [path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)]),
  )

  function runsOf(image: string): Stretch[] {
    const [head, ...entries] = decoded(name, image) as PagemapEntry[]
    const pages = members.get(`checkpoint/pages-${head?.pages_id ?? 0}.img`)
    let at = 0
    return entries.flatMap(({ vaddr = 0, nr_pages: pages64, compat_nr_pages: pages32, flags, in_parent: inParent }) => {
      if (flags === undefined ? inParent === true : (flags & PRESENT) === 0) return []
      const length = ((pages64 ?? 0) || (pages32 ?? 0)) * PAGE
      const bytes = pages?.subarray(at, (at += length))
      if (bytes?.length !== length) throw new Error(`${name}: ${image} says more than its pages image holds`)
      return [{ base: vaddr, bytes }]
    })
  }

  const inodes = decoded(name, 'memfd') as { inode_id: number; shmid: number }[]
  const files = decoded(name, 'files') as { id: number; memfd?: { inode_id: number } }[]
  const objectOf = ({ status, shmid }: OracleMapping): number | undefined => {
    if ((status & MEMFD) === 0) return (status & SYSV_OR_ANON_SHARED) === 0 ? undefined : shmid
    const inode = files.find(({ id, memfd }) => memfd && id === shmid)?.memfd?.inode_id
    return inodes.find(({ inode_id: id }) => id === inode)?.shmid
  }

  const objects = new Map<number, readonly Stretch[]>()
  for (const path of members.keys()) {
    const [, id] = /\/pagemap-shmem-(\d+)\.img$/.exec(path) ?? []
    if (id !== undefined) objects.set(Number(id), joined(pagesOf(runsOf(`pagemap-shmem-${id}`))))
  }
  const unmapped = new Set(objects.keys())
  const processes = (decoded(name, 'pstree') as { pid: number }[]).flatMap(({ pid }): OracleProcess[] => {
    const [mm] = decoded(name, `mm-${pid}`) as { vmas: readonly OracleMapping[] }[]
    if (!mm) return []
    const runs = runsOf(`pagemap-${pid}`)
    const pages = pagesOf(runs)
    for (const mapping of mm.vmas) {
      const object = objectOf(mapping)
      if (object === undefined) continue
      unmapped.delete(object)
      for (const [offset, page] of pagesOf(objects.get(object) ?? [])) {
        const address = mapping.start + offset - mapping.pgoff
        if (address >= mapping.start && address < mapping.end && !pages.has(address)) pages.set(address, page)
      }
    }
    return [{ pid, mappings: mm.vmas, runs, stretches: joined(pages) }]
  })
  return { processes, objects, unmapped }
}

function pagesOf(runs: readonly Stretch[]): Map<number, Buffer> {
  const pages = new Map<number, Buffer>()
  for (const { base, bytes } of runs)
    for (let at = 0; at < bytes.length; at += PAGE) pages.set(base + at, bytes.subarray(at, at + PAGE))
  return pages
}

function joined(pages: ReadonlyMap<number, Buffer>): Stretch[] {
  const stretches: { base: number; parts: Buffer[] }[] = []
  for (const [address, page] of [...pages].sort(([a], [b]) => a - b)) {
    const last = stretches.at(-1)
    if (last && last.base + last.parts.length * PAGE === address) last.parts.push(page)
    else stretches.push({ base: address, parts: [page] })
  }
  return stretches.map(({ base, parts }) => ({ base, bytes: Buffer.concat(parts) }))
}

/** A place of a text. */
export interface OraclePlace {
  /** Undefined in an object that no process maps. */
  readonly pid: number | undefined
  readonly shmid: number | undefined
  readonly address: number
  /** Index of the text. */
  readonly text: number
  readonly form: 'utf-8' | 'utf-16le'
  readonly mapping: OracleMapping | undefined
}

/** Every place of every text, as UTF-8 and as UTF-16LE, in every process and in objects that none maps. */
export function placesIn({ processes, objects, unmapped }: OracleMemory, texts: readonly string[]): OraclePlace[] {
  const forms = texts.flatMap((text, index) => [
    { index, form: 'utf-8' as const, bytes: Buffer.from(text) },
    { index, form: 'utf-16le' as const, bytes: Buffer.from(text, 'utf16le') },
  ])
  // Texts that begin alike are looked for at once.
  const groups = new Map<string, typeof forms>()
  for (const form of forms) {
    const start = form.bytes.subarray(0, 7).toString('latin1')
    groups.set(start, [...(groups.get(start) ?? []), form])
  }
  const owners = [
    ...processes,
    ...[...unmapped].map((shmid) => ({ pid: undefined, shmid, mappings: [], stretches: objects.get(shmid) ?? [] })),
  ]
  return owners.flatMap((owner) =>
    owner.stretches.flatMap(({ base, bytes }) =>
      [...groups].flatMap(([start, group]) =>
        occurrences(bytes, Buffer.from(start, 'latin1')).flatMap((at) =>
          group
            .filter((one) => bytes.subarray(at, at + one.bytes.length).equals(one.bytes))
            .map(({ index, form }): OraclePlace => {
              const address = base + at
              const mapping = owner.mappings.find(({ start, end }) => start <= address && address < end)
              const shmid = 'shmid' in owner ? owner.shmid : undefined
              return { pid: owner.pid, shmid, address, text: index, form, mapping }
            }),
        ),
      ),
    ),
  )
}

function occurrences(bytes: Buffer, needle: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) found.push(at)
  return found
}

/** A mapping as `crit x … mems` prints it. */
export interface CritMap {
  readonly start: bigint
  readonly end: bigint
  /** `rw-` */
  readonly protection: string
  readonly path: string | undefined
  /** Bytes into the file. */
  readonly offset: bigint
}

/** What `crit x … mems` printed of each process, as far as it came. */
export function critMaps(name: string): ReadonlyMap<number, readonly CritMap[]> {
  const printed = new Map<number, CritMap[]>()
  let current: CritMap[] = []
  for (const line of caseText(name, 'oracle/crit-x-mems.txt').split('\n')) {
    const [pid] = /^\d+$/.exec(line) ?? []
    if (pid !== undefined) printed.set(Number(pid), (current = []))
    const parts = /^\t([\da-f]+)-([\da-f]+) +([rwx-]{3})(?: (.*?)(?: \+ (0x[\da-f]+))?(?: \(s\))?)?$/.exec(line)
    if (!parts) continue
    const [, start = '', end = '', protection = '', path, offset = '0'] = parts
    current.push({ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), protection, path, offset: BigInt(offset) })
  }
  return printed
}
