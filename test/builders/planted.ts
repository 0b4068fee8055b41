/**
 * Where the programs of the corpus put their needles: read off their source (apps/webapp.py, apps/implant.c), with what a
 * case records of the run.
 */
export interface CaseTruth {
  readonly needles?: Readonly<Record<string, string>>
  readonly processes?: Readonly<Record<string, { readonly label: string; readonly arg_start?: string }>>
  readonly rwx_page?: string
}

/** What a mapping is, as /proc/<pid>/maps would say. */
interface PlantedMapping {
  readonly permissions: string
  readonly name: string | RegExp | undefined
}

export interface Planted {
  readonly needle: string
  /** Processes that hold it there, and no others do; undefined: a shared memory object that none maps. */
  readonly pids: readonly number[] | undefined
  readonly mapping: PlantedMapping | undefined
  /** Bytes from the start of the mapping or the object. */
  readonly offset?: number
  readonly address?: number
  readonly utf16?: boolean
}

const anonymous = { permissions: 'rw-p', name: undefined }

/** What is known of a case; nothing where no program that is known ran in it. */
export function plantedIn(truth: CaseTruth): readonly Planted[] {
  const { needles = {} } = truth
  const all = 'mprotect-ro' in needles ? inWebapp(truth) : 'implant_config' in needles ? IMPLANT : []
  return all.filter(({ needle }) => needle in needles)
}

const IMPLANT: readonly Planted[] = [
  { needle: 'shellcode', pids: [16, 19], mapping: { permissions: 'rwxp', name: undefined }, offset: 256 },
  // The one runs from a deleted file, the other from a memfd.
  { needle: 'implant_config', pids: [16], mapping: { permissions: 'rw-p', name: /^\/tmp\/\.x\/kworker/ } },
  { needle: 'implant_config', pids: [19], mapping: { permissions: 'rw-p', name: /memfd:kdevtmpfs/ } },
  { needle: 'preload', pids: [16], mapping: { permissions: 'rw-p', name: '[stack]' } },
  { needle: 'sshkey', pids: [8], mapping: { permissions: 'rw-p', name: '[heap]' } },
  { needle: 'cookie', pids: [1], mapping: anonymous },
]

function inWebapp({ processes = {}, rwx_page: rwx }: CaseTruth): readonly Planted[] {
  const named = (label: string): number[] =>
    Object.keys(processes)
      .map(Number)
      .filter((pid) => processes[pid]?.label === label)
  // All were forked after pid 1 had filled its memory; some became another program, one was over.
  const heirs = Object.keys(processes)
    .map(Number)
    .filter((pid) => !/^exec |^zombie/.test(processes[pid]?.label ?? ''))
  const title = named('process title')
  const at = (needle: string, mapping: PlantedMapping, offset: number): Planted => ({
    needle,
    pids: heirs,
    mapping,
    offset,
  })
  const titleAt = processes[title[0] ?? 0]?.arg_start
  return [
    at('anon-private', anonymous, 3 * 4096 + 100),
    at('page-boundary', anonymous, 10 * 4096 - 7),
    at('shared-anon', { permissions: 'rw-s', name: /^\/dev\/zero/ }, 2 * 4096),
    at('memfd', { permissions: 'rw-s', name: /memfd:secret-memfd/ }, 4096),
    at('file-cow', { permissions: 'rw-p', name: '/srv/app/cow.bin' }, 4096),
    at('mprotect-ro', { permissions: 'r--s', name: /^\/dev\/zero/ }, 0),
    at('mlocked', anonymous, 0),
    at('dontdump', anonymous, 0),
    at('sysv-shm', { permissions: 'rw-s', name: /SYSV/ }, 0),
    { needle: 'rwx', pids: heirs, mapping: { permissions: 'rwxp', name: undefined }, address: Number(rwx) },
    { needle: 'heap', pids: heirs, mapping: anonymous },
    { needle: 'utf16', pids: heirs, mapping: anonymous, utf16: true },
    { needle: 'memfd-sealed', pids: undefined, mapping: undefined, offset: 0 },
    { needle: 'child-anon', pids: named('memory'), mapping: anonymous, offset: 777 },
    ...title.map((pid): Planted => ({
      ...{ needle: 'proctitle', pids: [pid], mapping: { permissions: 'rw-p', name: '[stack]' } },
      address: Number(titleAt) + 'webapp: worker process [idle] '.length,
    })),
  ]
}
