/** What checkpointctl and the ground truth say of real checkpoints, against our metadata and sizes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { classify } from '../../src/ingest/classify.ts'
import { LoadedEvidence } from '../../src/ingest/load.ts'
import { readMetadata } from '../../src/ingest/metadata.ts'
import { readSizes } from '../../src/ingest/sizes.ts'
import { isAbsent, present } from '../../src/model/absent.ts'
import type { Metadata, Sizes } from '../../src/model/metadata.ts'
import { locatePointer } from '../../src/oci/json.ts'
import { corpusCases, corpusFolder, fileUnderFalseName, openOne } from '../builders/sources.ts'

const folder = corpusFolder()
if (folder === undefined) console.warn('No corpus: the golden tests of metadata over real checkpoints are left out.')

type Oracle = Record<string, unknown> & { checkpoint_size: Record<string, number>; statistics: Record<string, number> }

/** The inspect output of either checkpointctl; the one gives up where the other does not. */
function oracleOf(name: string): Oracle | undefined {
  for (const age of ['head', 'old']) {
    const text = readFileSync(join(folder ?? '', name, `oracle/ckctl-${age}-inspect.json`), 'utf8')
    if (text.startsWith('[')) return (JSON.parse(text) as Oracle[])[0]
  }
  return undefined
}

function showRow(name: string): string {
  return (
    readFileSync(join(folder ?? '', name, 'oracle/ckctl-head-show.txt'), 'utf8')
      .trimEnd()
      .split('\n')
      .at(-1) ?? ''
  )
}

if (folder === undefined) test.skip('left out: there is no corpus of real checkpoints', () => undefined)

describe.skipIf(folder === undefined).each(folder === undefined ? [] : corpusCases(folder))('$name', (entry) => {
  let evidence: LoadedEvidence
  let metadata: Metadata
  let sizes: Sizes

  beforeAll(async () => {
    const archive = await openOne([await fileUnderFalseName(entry.archive)])
    const { members, imageDir } = classify(archive)
    expect(imageDir).toBe('checkpoint/')
    evidence = new LoadedEvidence(archive, members, imageDir)
    metadata = await readMetadata(evidence)
    sizes = await readSizes(evidence)
  })

  test('identity equals that of the peers', () => {
    const oracle = oracleOf(entry.name)
    const row = showRow(entry.name).split(/\s{2,}/)
    expect([
      present(metadata.container.value),
      present(metadata.image.value),
      present(metadata.containerId.value)?.slice(0, 12),
      present(metadata.runtime.value),
    ]).toEqual(row.slice(0, 4))
    if (!oracle) return
    expect(present(metadata.engine.value)).toBe(oracle['engine'])
    expect(present(metadata.containerId.value)).toBe(oracle['id'])
    const pod = oracle['metadata'] as Record<string, unknown> | undefined
    expect(present(metadata.pod.value)).toBe(pod?.['pod_name'])
    expect(present(metadata.podNamespace.value)).toBe(pod?.['kubernetes_namespace'])
  })

  test('sizes and statistics equal those of the peers', () => {
    const oracle = oracleOf(entry.name)
    if (!oracle) return
    const { total_size, memory_pages_size, root_fs_diff_size } = oracle.checkpoint_size
    expect(present(sizes.checkpoint)).toBe(total_size)
    expect(present(sizes.memoryPages)).toBe(memory_pages_size)
    expect(present(sizes.rootfsDiff)).toBe(root_fs_diff_size)
    if (isAbsent(metadata.statistics)) throw new Error('no statistics')
    const ours = new Map(metadata.statistics.map((item) => [item.id, present(item.value)]))
    for (const [key, value] of Object.entries(oracle.statistics)) expect(ours.get(key), key).toBe(BigInt(value))
    expect(metadata.statistics).toHaveLength(14)
  })

  test('the groups of bytes add up to all members', () => {
    const total = sizes.groups.reduce((sum, group) => sum + group.bytes, 0)
    expect(total).toBe(evidence.members.reduce((sum, member) => sum + member.size, 0))
    expect(new Set(sizes.groups.flatMap((group) => group.members)).size).toBe(
      evidence.members.filter((member) => member.type === 'file').length,
    )
  })

  test('every member is known', () => {
    const unknown = evidence.members.filter((member) => member.kind === 'unknown')
    expect(unknown.map((member) => member.path)).toEqual([])
  })

  test('nothing is diagnosed as damaged', () => {
    expect(evidence.diagnostics.filter((item) => item.severity === 'error')).toEqual([])
  })

  test('every traced text leads to bytes that hold it', async () => {
    const facts = [metadata.container, metadata.containerId, metadata.image, metadata.runtime, metadata.pod]
    for (const { value, from } of facts) {
      if (isAbsent(value) || from?.path === undefined) continue
      const member = evidence.members[from.origin.member]
      const bytes = member && (await evidence.body(member, 1e7))
      const range = bytes && locatePointer(bytes, from.path)
      const found = range && new TextDecoder().decode(bytes.subarray(range.offset, range.offset + range.length))
      expect(found).toContain(value)
    }
  })
})
