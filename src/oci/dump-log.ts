/**
 * dump.log, the only place that names the CRIU version, the kernel and the host (criu/crtools.c, criu/log.c):
 *
 *   (00.000445) Version: 4.2 (gitid v4.2-22-g2cf8f13ca)
 *   (00.000451) Running on HOST Linux RELEASE VERSION MACHINE
 *   (00.053183) Error (criu/util.c:1534): text
 *
 * Times are seconds since CRIU was started. Large logs are read at both ends only.
 */
import { decodeText } from '../base/text.ts'

/** A piece of the log that was read, and its first byte's offset. */
export interface LogPart {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** A line: what it says after the time, and where it is. */
export interface LogLine {
  readonly text: string
  /** Seconds since the start of CRIU, as written. */
  readonly time: string | undefined
  readonly offset: number
  readonly length: number
}

/** A part of a line. */
export interface LogValue {
  readonly value: string
  readonly offset: number
  readonly length: number
}

export interface DumpLog {
  readonly version: LogValue | undefined
  readonly gitId: LogValue | undefined
  readonly host: LogValue | undefined
  readonly kernelRelease: LogValue | undefined
  readonly kernelVersion: LogValue | undefined
  readonly machine: LogValue | undefined
  readonly lastTime: LogValue | undefined
  /** Lines that begin with `Error` or `Warn`. */
  readonly errors: readonly LogLine[]
  readonly warnings: readonly LogLine[]
  /** True when the last line says that the dump was completed. */
  readonly finished: boolean
}

/** Lines longer than this are cut: CRIU's own buffer is 4 KiB. */
const MAX_LINE = 8192
/** Errors and warnings kept. */
const MAX_KEPT = 1000

function* linesOf(parts: readonly LogPart[]): Generator<LogLine> {
  for (const { bytes, offset } of parts) {
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(10, at)
      const end = newline < 0 ? bytes.length : newline
      const length = Math.min(end - at, MAX_LINE)
      const line = decodeText(bytes.subarray(at, at + length))
      const stamp = /^\(([0-9]{2,10}\.[0-9]{6})\) ?/.exec(line)
      yield { text: line.slice(stamp?.[0].length ?? 0), time: stamp?.[1], offset: offset + at, length }
      at = end + 1
    }
  }
}

function whole(line: LogLine, value: string | undefined): LogValue | undefined {
  return value === undefined || value === '' ? undefined : { value, offset: line.offset, length: line.length }
}

/** Reads what the parts say. Of several runs in one log the last one counts. */
export function parseDumpLog(parts: readonly LogPart[]): DumpLog {
  let found: Pick<DumpLog, 'version' | 'gitId'> = { version: undefined, gitId: undefined }
  let host: RegExpExecArray | undefined
  let hostLine: LogLine | undefined
  let last: LogLine | undefined
  let finished = false
  const errors: LogLine[] = []
  const warnings: LogLine[] = []
  for (const line of linesOf(parts)) {
    const version = /^Version: ([^ ]+)(?: \(gitid ([^)]*)\))?/.exec(line.text)
    if (version) found = { version: whole(line, version[1]), gitId: whole(line, version[2]) }
    const running = /^Running on (\S+) \S+ (\S+) (.*) (\S+)$/.exec(line.text)
    if (running) {
      host = running
      hostLine = line
    }
    if (/^Error\b/.test(line.text) && errors.length < MAX_KEPT) errors.push(line)
    if (/^Warn\b/.test(line.text) && warnings.length < MAX_KEPT) warnings.push(line)
    if (line.text.startsWith('Dumping finished successfully')) finished = true
    if (line.time !== undefined) last = line
  }
  const part = (index: number) => (hostLine ? whole(hostLine, host?.[index]) : undefined)
  return {
    ...found,
    host: part(1),
    kernelRelease: part(2),
    kernelVersion: part(3),
    machine: part(4),
    lastTime: last && whole(last, last.time),
    errors,
    warnings,
    finished,
  }
}
