/** What dump.log adds to the metadata: versions and host, and its errors and warnings as diagnostics. */
import type { ByteSource } from '../archive/source.ts'
import { isAbort } from '../base/errors.ts'
import { visibleText } from '../base/text.ts'
import { absent, type Absent } from '../model/absent.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { Engine, Metadata, MoreFact } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import { parseDumpLog, type DumpLog, type LogLine, type LogPart, type LogValue } from '../oci/dump-log.ts'
import { firstFact } from '../oci/fact.ts'
import type { Evidence } from './evidence.ts'
import { findMetadata } from './members.ts'

/** Logs up to this size are read whole, larger ones at both ends. In bytes. */
const WHOLE = 4 * 1024 * 1024
const END = 512 * 1024
/** Lines that get a diagnostic of their own. */
const SHOWN = 10

type LogFacts = Pick<Metadata, 'criuVersion' | 'kernel' | 'host'> & { readonly more: readonly MoreFact[] }

/** `fromImage`: what the annotations of an OCI image say of the same, used where there is no log. */
export async function readLogFacts(
  evidence: Evidence,
  engine: Engine,
  fromImage: { readonly criuVersion: readonly Fact<string>[]; readonly kernel: readonly Fact<string>[] },
): Promise<LogFacts> {
  const member = findMetadata(evidence, 'dump.log') ?? findMetadata(evidence, 'criu.log')
  const log = member && (await readLog(evidence, member))
  const why = whyNoLog(member, engine)
  const fact = (value: LogValue | undefined): Fact<string> => {
    if (!member || !value) return { value: why }
    const origin = { member: member.index, offset: value.offset, length: value.length }
    return { value: value.value, from: { origin } }
  }
  const line = (label: string, value: LogValue | undefined): MoreFact[] =>
    value ? [{ label, group: 'Dump log', fact: fact(value) }] : []
  return {
    criuVersion: firstFact([...orNothing(log, fact(log?.version)), ...fromImage.criuVersion], why),
    kernel: firstFact([...orNothing(log, fact(log?.kernelRelease)), ...fromImage.kernel], why),
    host: fact(log?.host),
    more: [
      ...line('CRIU git id', log?.gitId),
      ...line('Kernel build', log?.kernelVersion),
      ...line('Machine', log?.machine),
      ...line('Last message after, in seconds', log?.lastTime),
    ],
  }
}

function orNothing(log: DumpLog | undefined, fact: Fact<string>): Fact<string>[] {
  return log ? [fact] : []
}

function whyNoLog(member: CheckpointMember | undefined, engine: Engine): Absent {
  if (member) return absent('not-recorded', 'the part of dump.log that was read does not say it')
  if (engine === 'Podman')
    return absent('not-in-archive', 'only CRIU’s log records it, and Podman does not keep the log')
  return absent('not-in-archive', 'only CRIU’s log (dump.log) records it, and it is not in this archive')
}

async function readLog(evidence: Evidence, member: CheckpointMember): Promise<DumpLog | undefined> {
  const source = evidence.archive.open(member)
  try {
    const log = parseDumpLog(await readParts(source, evidence.signal))
    report(evidence, member, log, source.size > WHOLE)
    return log
  } catch (error) {
    if (isAbort(error)) throw error
    const message = `${member.path}: ${error instanceof Error ? error.message : 'cannot be read'}`
    evidence.diagnose({
      severity: 'error',
      code: 'unreadable',
      message,
      subject: { kind: 'member', index: member.index },
    })
    return undefined
  }
}

async function readParts(source: ByteSource, signal: AbortSignal | undefined): Promise<LogPart[]> {
  if (source.size <= WHOLE) return [{ offset: 0, bytes: await source.read(0, source.size, signal) }]
  const tail = source.size - END
  return [
    { offset: 0, bytes: await source.read(0, END, signal) },
    { offset: tail, bytes: await source.read(tail, END, signal) },
  ]
}

function report(evidence: Evidence, member: CheckpointMember, log: DumpLog, isPartial: boolean): void {
  const tell = (lines: readonly LogLine[], severity: 'warning' | 'info', code: string, noun: string): void => {
    for (const line of lines.slice(0, SHOWN)) {
      const origin = { member: member.index, offset: line.offset, length: line.length }
      evidence.diagnose({ severity, code, message: `CRIU noted: ${visibleText(line.text)}`, origin })
    }
    if (lines.length <= SHOWN) return
    const where = isPartial ? 'in the two ends of the log that were read' : 'in the log'
    const message = `${member.path}: ${lines.length} ${noun} ${where}, of which ${SHOWN} are listed`
    evidence.diagnose({ severity, code, message, subject: { kind: 'member', index: member.index } })
  }
  tell(log.errors, 'warning', 'dump-log-error', 'errors')
  tell(log.warnings, 'info', 'dump-log-warning', 'warnings')
  if (!log.finished) {
    const message = `${member.path}: does not say that the dump was completed`
    evidence.diagnose({
      severity: 'warning',
      code: 'dump-log-unfinished',
      message,
      subject: { kind: 'member', index: member.index },
    })
  }
}
