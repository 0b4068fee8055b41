/** Names of a process's addresses, gathered from what is on record. */
import type { ViewContext } from '../../app/context.ts'
import { present } from '../../model/absent.ts'
import type { MemoryLayout } from '../../model/memory.ts'
import type { Place } from '../../query/goto.ts'
import { lookup } from '../../query/lookup.ts'
import { placesOf, type MemoryFields } from '../../query/places.ts'

/** Fields of the mm record that hold no address (mm.proto). */
const NO_ADDRESS = new Set(['mm_def_flags', 'mm_saved_auxv'])
/** Fields asked for: the record has some twenty, and its mappings. */
const MOST = 64

async function memoryFields(ctx: ViewContext, pid: number): Promise<MemoryFields> {
  const mm = lookup(ctx.checkpoint).processes.get(pid)?.sources.mm
  if (mm?.record === undefined) return []
  const { fields } = await ctx.client.fields(ctx.checkpoint.id, mm.member, mm.record, '', 0, MOST)
  return fields.flatMap(({ name, text, isMessage }) => {
    if (isMessage || !/^mm_\w+$/.test(name) || NO_ADDRESS.has(name)) return []
    if (text === undefined || !/^(?:0x[\da-f]{1,16}|\d{1,20})$/i.test(text)) return []
    const value = BigInt(text)
    return value === 0n ? [] : [{ name, value }]
  })
}

/** Everything with a name. What cannot be read is left out: it only names addresses. */
export async function gatherPlaces(ctx: ViewContext, { space, mappings }: MemoryLayout): Promise<readonly Place[]> {
  if (space.kind !== 'process') return []
  const [detail, fields] = await Promise.allSettled([
    ctx.client.processDetail(ctx.checkpoint.id, space.pid),
    memoryFields(ctx, space.pid),
  ])
  return placesOf(
    mappings,
    detail.status === 'fulfilled' ? detail.value : undefined,
    fields.status === 'fulfilled' ? fields.value : [],
  )
}

/** The name of whose memory it is, as evidence text. */
export function spaceTitle(ctx: ViewContext, { space }: MemoryLayout): string {
  if (space.kind === 'shared') return `shared memory ${space.shmid}`
  const process = lookup(ctx.checkpoint).processes.get(space.pid)
  return `[${space.pid}] ${(process && present(process.name)) ?? ''}`.trim()
}
