/** stats-dump: how long the dump took and what it wrote (images/stats.proto, criu/stats.c). Times are microseconds. */
import { recordsOf } from '../criu/decode-image.ts'
import { absent, type Maybe } from '../model/absent.ts'
import type { Engine, Statistic } from '../model/metadata.ts'
import { originOf, type Evidence } from './evidence.ts'
import { findMetadata } from './members.ts'

type Unit = Statistic['unit']

const FIELDS = [
  ['freezing_time', 'Time to freeze the processes', 'microseconds'],
  ['frozen_time', 'Time the processes stood still', 'microseconds'],
  ['memdump_time', 'Time to collect memory', 'microseconds'],
  ['memwrite_time', 'Time to write memory', 'microseconds'],
  ['irmap_resolve', 'Time to find paths of watched inodes', 'microseconds'],
  ['pages_scanned', 'Pages looked at', 'pages'],
  ['pages_skipped_parent', 'Pages left to the earlier checkpoint', 'pages'],
  ['pages_written', 'Pages written', 'pages'],
  ['pages_lazy', 'Pages left for lazy migration', 'pages'],
  ['page_pipes', 'Page pipes', 'count'],
  ['page_pipe_bufs', 'Buffers of page pipes', 'count'],
  ['shpages_scanned', 'Shared pages looked at', 'pages'],
  ['shpages_skipped_parent', 'Shared pages left to the earlier checkpoint', 'pages'],
  ['shpages_written', 'Shared pages written', 'pages'],
] as const satisfies readonly (readonly [string, string, Unit])[]

/** All fields of the dump statistics in CRIU's spelling, each with its trace. */
export async function readStatistics(evidence: Evidence, engine: Engine): Promise<Maybe<readonly Statistic[]>> {
  const member = findMetadata(evidence, 'stats-dump')
  if (!member) return absent('not-in-archive', whyNone(engine))
  const image = await evidence.imageOf(member)
  const record = image && recordsOf(image, 'stats_entry')[0]
  if (!image || !record) return absent('unreadable', 'stats-dump cannot be decoded; see the diagnostics')
  const dump = record.value.dump
  if (!dump) return absent('unparsable', 'stats-dump has no dump statistics in it')
  const origin = originOf(image, record)
  return FIELDS.map(([id, label, unit]) => {
    const value = dump[id]
    return value === undefined
      ? { id, label, unit, value: absent('not-recorded', 'this CRIU version does not count it'), from: undefined }
      : { id, label, unit, value: BigInt(value), from: { origin, path: `dump.${id}` } }
  })
}

function whyNone(engine: Engine): string {
  return engine === 'unknown' || engine === 'Docker'
    ? 'there is no stats-dump: CRIU writes it into its work directory, and only other engines copy it'
    : `there is no stats-dump, although ${engine} writes one`
}
