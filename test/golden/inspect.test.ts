/**
 * Our `inspect` against that of checkpointctl, for every real checkpoint: the development head for images of CRIU 4.2
 * and later, the older one for those of 4.1.1. What differs on purpose is listed here, each with its reason.
 */
import { openAsBlob, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { OpenCheckpoint } from '../../src/ingest/checkpoint.ts'
import { present } from '../../src/model/absent.ts'
import type { ProcessDetail } from '../../src/model/process.ts'
import { inspectJson } from '../../src/report/inspect.ts'
import { listJson } from '../../src/report/list.ts'
import { corpusCases, corpusFolder, openOne } from '../builders/sources.ts'

const folder = corpusFolder()
if (folder === undefined) console.warn('No corpus: the golden tests of inspect over real checkpoints are left out.')

type Json = Record<string, unknown>

function readOracle(name: string, age: 'head' | 'old'): Json | undefined {
  const text = readFileSync(join(folder ?? '', name, `oracle/ckctl-${age}-inspect.json`), 'utf8')
  return text.startsWith('[') ? (JSON.parse(text) as Json[])[0] : undefined
}

/** Cases whose pages were written by CRIU 4.1.1: the development head shows blank command lines for them. */
const OLD = /^counters-podman-(gzip|none|stale|zstd)$|criu411$/

/** Head's output; for old images with the command lines of the older release, which lacks states and annotations. */
function oracleOf(name: string): Json | undefined {
  const head = readOracle(name, 'head')
  if (head === undefined) return undefined
  if (!OLD.test(name)) return head
  const known = new Map(flatten(readOracle(name, 'old')?.['process_tree'] as Json))
  const patch = (node: Json): Json => {
    const { cmdline, environment_variables } = known.get(node['pid']) ?? {}
    const children = ((node['children'] ?? []) as Json[]).map(patch)
    return { ...node, cmdline, environment_variables, children }
  }
  return { ...head, process_tree: patch(head['process_tree'] as Json) }
}

function flatten(node: Json): [unknown, Json][] {
  return [[node['pid'], node], ...((node['children'] ?? []) as Json[]).flatMap(flatten)]
}

/** Children come in random order from checkpointctl (a Go map): both sides are sorted by pid. */
function sortTree(node: Json): Json {
  const children = (node['children'] ?? []) as Json[]
  const sorted = children.map(sortTree).sort((a, b) => Number(a['pid']) - Number(b['pid']))
  const rest = Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'children'))
  return sorted.length > 0 ? { ...rest, children: sorted } : rest
}

/** Differences on purpose; applied to both sides. */
function normalise(side: Json): Json {
  const text = JSON.stringify(side)
    // Bound unix paths carry the NUL that ends them in the kernel's structure.
    .replaceAll(/\\u0000(\]?")/g, '$1')
    // Invalid UTF-8 comes out of Go as replacement characters, of ours as the lossless form.
    .replaceAll(/\\udc[89a-f][0-9a-f]/g, '\ufffd')
    // checkpointctl reads the words of an IPv6 address in the wrong byte order and drops zero groups.
    .replaceAll('"0:1::"', '"::1"')
    .replaceAll('"7f00:1::"', '"::ffff:127.0.0.1"')
  const copy = JSON.parse(text) as Json
  copy['process_tree'] = sortTree(copy['process_tree'] as Json)
  return copy
}

if (folder === undefined) test.skip('left out: there is no corpus of real checkpoints', () => undefined)

describe.skipIf(folder === undefined).each(folder === undefined ? [] : corpusCases(folder))('$name', (entry) => {
  let ours: Json
  let row: Json

  beforeAll(async () => {
    const archive = await openOne([{ path: basename(entry.archive), file: await openAsBlob(entry.archive) }])
    const checkpoint = await OpenCheckpoint.open('c1', archive)
    const model = await checkpoint.complete()
    const details = new Map<number, ProcessDetail>()
    for (const { pid } of present(model.processes) ?? []) details.set(pid, await checkpoint.processDetail(pid))
    ours = inspectJson(model, details)
    row = listJson(model)
    await checkpoint.close()
  }, 60_000)

  test('inspect equals checkpointctl’s', () => {
    const oracle = oracleOf(entry.name)
    if (!oracle) return
    expect(normalise(ours)).toEqual(normalise(oracle))
    expect(Object.keys(ours)).toEqual(Object.keys(oracle))
  })

  test('files and sockets equal those of the older release, where head gives up on the environment', () => {
    const oracle = oracleOf(entry.name) ? undefined : readOracle(entry.name, 'old')
    if (!oracle) return
    const parts = (side: Json): Json => {
      const { file_descriptors, sockets, mounts, checkpoint_size, statistics } = normalise(side)
      return { file_descriptors, sockets, mounts, checkpoint_size, statistics }
    }
    expect(parts(ours)).toEqual(parts(oracle))
  })

  test('the tree has every process once', () => {
    const pids = flatten(ours['process_tree'] as Json).map(([pid]) => pid)
    const image = readFileSync(join(folder ?? '', entry.name, 'oracle/crit/pstree.img.json'), 'utf8')
    const { entries } = JSON.parse(image) as { entries: { pid: number }[] }
    expect(pids.sort()).toEqual(entries.map((item) => item.pid).sort())
  })

  test('list equals checkpointctl’s', () => {
    const text = readFileSync(join(folder ?? '', entry.name, 'oracle/ckctl-head-list.txt'), 'utf8')
    const line = text.split('\n').find((item) => item.includes(basename(entry.archive)))
    // It lists files named checkpoint-* only.
    if (line === undefined) return
    const shown = ['namespace', 'pod', 'container', 'engine', 'time_checkpointed', 'checkpoint_name']
    expect(shown.map((key) => row[key])).toEqual(line.split(/\s{2,}/))
  })
})
