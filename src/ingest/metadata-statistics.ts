/** stats-dump: how long the dump took and what it wrote (images/stats.proto, criu/stats.c). Times are microseconds. */
import { recordsOf } from '../criu/decode-image.ts'
import { absent, type Maybe } from '../model/absent.ts'
import type { Engine, Statistic } from '../model/metadata.ts'
import { originOf, type Evidence } from './evidence.ts'
import { findMetadata } from './members.ts'

type Unit = Statistic['unit']

/** Labels as checkpointctl prints them, carried on to the fields that it leaves out. */
const FIELDS = [
  ['freezing_time', 'Freezing time', 'microseconds'],
  ['frozen_time', 'Frozen time', 'microseconds'],
  ['memdump_time', 'Memdump time', 'microseconds'],
  ['memwrite_time', 'Memwrite time', 'microseconds'],
  ['irmap_resolve', 'Irmap resolve time', 'microseconds'],
  ['pages_scanned', 'Pages scanned', 'pages'],
  ['pages_skipped_parent', 'Pages skipped, in parent', 'pages'],
  ['pages_written', 'Pages written', 'pages'],
  ['pages_lazy', 'Pages lazy', 'pages'],
  ['page_pipes', 'Page pipes', 'count'],
  ['page_pipe_bufs', 'Page pipe buffers', 'count'],
  ['shpages_scanned', 'Shared pages scanned', 'pages'],
  ['shpages_skipped_parent', 'Shared pages skipped, in parent', 'pages'],
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
    : engine === 'containerd'
      ? 'there is no stats-dump; containerd writes one into the checkpoints that it makes for Kubernetes'
      : `there is no stats-dump, although ${engine} writes one`
}
