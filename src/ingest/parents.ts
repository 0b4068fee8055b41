/**
 * Parent checkpoints in archives of their own: Podman's pre-checkpoint beside the final one, or folders of a chain that
 * were opened together. Which one fits is decided by what the images say, never by what merely looks alike.
 */
import { buildRunTable, firstRunAfter, PE, type RunTable } from '../memory/runs.ts'
import { present } from '../model/absent.ts'
import type { Severity } from '../model/diagnostic.ts'
import type { OpenCheckpoint } from './checkpoint.ts'
import type { LinkedParent } from './join/memory-images.ts'
import { loadPages, type PagesOwner } from './join/pagemaps.ts'
import { readFirst } from './join/records.ts'

/** What is said of a checkpoint's parent, and the parent when one is taken. */
export interface Kinship {
  readonly parent: OpenCheckpoint | undefined
  readonly severity: Severity
  readonly code: 'parent-linked' | 'parent-ambiguous' | 'parent-unfit'
  readonly message: string
}

/** Finds the parent of a checkpoint among others that are open; undefined when it wants none or none is like it. */
export async function findParent(
  child: OpenCheckpoint,
  others: readonly OpenCheckpoint[],
): Promise<Kinship | undefined> {
  const wanted = child.memory?.images.wanted
  if (!wanted) return undefined
  const fits: Candidate[] = []
  const unfit: string[] = []
  const own = await factsOf(child)
  for (const other of others) {
    if (other === child) continue
    const facts = await factsOf(other)
    if (!isEarlier(facts, own)) continue
    const missing = await uncovered(child, other, wanted.owners)
    if (missing === 0 && !isKin(facts, own, other, wanted.link))
      unfit.push(
        `${label(other)} has pages at all these places, but nothing that says that it is of the same container`,
      )
    else if (missing === 0) fits.push({ checkpoint: other, facts })
    else if (missing !== undefined) unfit.push(`${label(other)} lacks ${missing} of the pages`)
  }
  const [only] = fits
  if (!only)
    return unfit.length === 0
      ? undefined
      : told(undefined, 'warning', 'parent-unfit', `None that is open is the parent checkpoint: ${unfit.join('; ')}.`)
  const chosen = fits.length === 1 ? only : choose(fits, wanted.link)
  if (!chosen)
    return told(
      undefined,
      'warning',
      'parent-ambiguous',
      `${fits.length} open archives could be the parent checkpoint: ${fits.map((fit) => label(fit.checkpoint)).join(', ')}. None is taken; close those that are not.`,
    )
  const why = reasons(chosen.facts, own, wanted.link, chosen.checkpoint, fits.length)
  const message = `Pages that did not change since the parent checkpoint are read from ${label(chosen.checkpoint)}, which is open as well: ${why}.`
  return told(chosen.checkpoint, 'info', 'parent-linked', message)
}

/** The image folders that a child reads through. */
export function linkedParent({ id, memory }: OpenCheckpoint): LinkedParent | undefined {
  return (
    memory && {
      folders: memory.images.folders.map((folder) => ({ ...folder, checkpoint: folder.checkpoint ?? id })),
      missing: memory.images.missing,
    }
  )
}

function told(parent: OpenCheckpoint | undefined, severity: Severity, code: Kinship['code'], message: string): Kinship {
  return { parent, severity, code, message }
}

function label({ evidence }: OpenCheckpoint): string {
  return evidence.archive.label
}

interface Facts {
  readonly container: string | undefined
  /** Microseconds since the host started. */
  readonly uptime: bigint | undefined
  readonly run: string | undefined
}

interface Candidate {
  readonly checkpoint: OpenCheckpoint
  readonly facts: Facts
}

async function factsOf({ evidence, model }: OpenCheckpoint): Promise<Facts> {
  const inventory = (await readFirst(evidence, 'inventory.img', 'inventory_entry'))?.value
  const container = present(model.metadata.containerId.value)
  return { container, uptime: inventory?.dump_uptime, run: inventory?.dump_criu_run_id }
}

/** Nothing recorded speaks against one being an earlier dump of the same container. */
function isEarlier(parent: Facts, child: Facts): boolean {
  const differs = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b
  if (differs(parent.container, child.container)) return false
  if (parent.run !== undefined && parent.run === child.run) return false
  return parent.uptime === undefined || child.uptime === undefined || parent.uptime <= child.uptime
}

/**
 * Something recorded says that they belong together: the same container, or the name in the link. That the same places are
 * filled says little: pid 1 of one program has them in every container.
 */
function isKin(parent: Facts, child: Facts, checkpoint: OpenCheckpoint, link: string | undefined): boolean {
  return (parent.container !== undefined && parent.container === child.container) || isNamed(checkpoint, link)
}

/** Pages that should be in the parent and are not; undefined when it has not a single pagemap of these processes. */
async function uncovered(
  child: OpenCheckpoint,
  parent: OpenCheckpoint,
  owners: readonly PagesOwner[],
): Promise<number | undefined> {
  const from = child.memory?.images
  const folder = parent.memory?.images.folders[0]
  const last = from?.ownFolder
  if (from?.pageSize === undefined || !folder || !last) return undefined
  let missing = 0
  let known = false
  for (const owner of owners) {
    const wanted = await loadPages(last, owner, false)
    const there = await loadPages(folder, owner, false)
    if (!wanted) continue
    known ||= there !== undefined
    const have = there && buildRunTable(there.runs, from.pageSize)
    missing += uncoveredPages(buildRunTable(wanted.runs, from.pageSize), have)
  }
  return known ? missing : undefined
}

function uncoveredPages(wanted: RunTable, have: RunTable | undefined): number {
  let missing = 0
  for (let i = 0; i < wanted.length; i++) {
    const flags = wanted.flags[i] ?? 0
    if (flags & PE.present || !(flags & PE.parent)) continue
    const start = wanted.start[i] ?? 0
    const end = start + (wanted.pages[i] ?? 0)
    missing += end - start
    if (!have) continue
    for (let k = firstRunAfter(have, start); k < have.length && (have.start[k] ?? 0) < end; k++) {
      const low = have.start[k] ?? 0
      missing -= Math.min(end, low + (have.pages[k] ?? 0)) - Math.max(start, low)
    }
  }
  return missing
}

/** By the name in the link, then by the time of the dump, when these tell them apart. */
function choose(fits: readonly Candidate[], link: string | undefined): Candidate | undefined {
  const named = fits.filter(({ checkpoint }) => isNamed(checkpoint, link))
  if (named.length === 1) return named[0]
  const rest = named.length > 1 ? named : fits
  if (rest.some(({ facts }) => facts.uptime === undefined)) return undefined
  const [latest, next] = rest.toSorted((a, b) => ((a.facts.uptime ?? 0n) < (b.facts.uptime ?? 0n) ? 1 : -1))
  return latest?.facts.uptime === next?.facts.uptime ? undefined : latest
}

/** The link leads to a folder of that name. */
function isNamed({ evidence }: OpenCheckpoint, link: string | undefined): boolean {
  const last = (path: string): string => path.split('/').findLast((part) => part !== '' && part !== '.') ?? ''
  if (link === undefined || last(link) === '') return false
  return last(link) === last(evidence.imageDir) || last(link) === last(evidence.archive.label)
}

function reasons(
  parent: Facts,
  child: Facts,
  link: string | undefined,
  checkpoint: OpenCheckpoint,
  count: number,
): string {
  const found = ['it holds every page that is said to be in the parent']
  if (parent.container !== undefined && parent.container === child.container) found.push('it is of the same container')
  if (isNamed(checkpoint, link)) found.push('its folder has the name that the parent link gives')
  if (parent.uptime !== undefined && child.uptime !== undefined)
    found.push(count > 1 ? 'it was dumped last before this one' : 'it was dumped before this one')
  return found.join(', ')
}
