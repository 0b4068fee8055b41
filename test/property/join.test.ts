/** Damaged images: joining a checkpoint in which bytes were changed, cut or removed ends in diagnostics, never in an exception. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { join } from 'node:path'
import { joinCheckpoint } from '../../src/ingest/join/join-checkpoint.ts'
import { readProcessDetail } from '../../src/ingest/join/process-detail.ts'
import { present } from '../../src/model/absent.ts'
import { readArchive, type ArchiveMember } from '../builders/read-archive.ts'
import { evidenceOf } from '../builders/small-evidence.ts'

let members: ArchiveMember[] = []

beforeAll(() => {
  const path = join(import.meta.dirname, '../fixtures/checkpoints/podman/5.4.2/counters-criu-4.2.tar.gz')
  members = readArchive(path).filter((member) => member.path.startsWith('checkpoint/'))
})

type Damage = { readonly member: number } & (
  | { readonly kind: 'flip'; readonly at: number; readonly bits: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'remove' }
)

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    member: fc.nat(),
    at: fc.nat(),
    bits: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), member: fc.nat(), at: fc.nat() }),
  fc.record({ kind: fc.constant('remove' as const), member: fc.nat() }),
)

function damaged(changes: readonly Damage[]): Record<string, Uint8Array> {
  const bodies = new Map(members.map((member) => [member.path, Uint8Array.from(member.bytes)]))
  const names = [...bodies.keys()]
  for (const change of changes) {
    const name = names[change.member % names.length] ?? ''
    const body = bodies.get(name)
    if (!body || body.length === 0) continue
    if (change.kind === 'remove') bodies.delete(name)
    else if (change.kind === 'cut') bodies.set(name, body.slice(0, change.at % body.length))
    else body[change.at % body.length] = (body[change.at % body.length] ?? 0) ^ change.bits
  }
  return Object.fromEntries(bodies)
}

test('any damage ends in a model and diagnostics', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 12 }), async (changes) => {
      const evidence = evidenceOf(damaged(changes))
      const joined = await joinCheckpoint(evidence)
      for (const { pid } of present(joined.processes) ?? []) await readProcessDetail(evidence, joined, pid)
      expect(Array.isArray(evidence.diagnostics)).toBe(true)
    }),
    { numRuns: 400 },
  )
})
