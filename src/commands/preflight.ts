/**
 * What a restore of this checkpoint will meet, from the archive itself: what must be the same on the other host, what CRIU
 * needs an option for, what must exist before. Facts of CRIU (criu(8), cr-restore.c, mount.c, sk-inet.c) and of the
 * engines; each finding says where the archive shows it.
 */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Trace } from '../model/origin.ts'
import type { Ref } from '../model/ref.ts'
import type { Line } from './shell.ts'
import { restoreSupport, type RestoreEngine, type RestoreState } from './engines.ts'
import { hostFindings } from './preflight-host.ts'
import { resourceFindings } from './preflight-resources.ts'

/** `stop`: fails unless something is done. `check`: hangs on the other host. `note`: works, with an effect. */
export type PreflightSeverity = 'stop' | 'check' | 'note' | 'fine'

export interface PreflightFinding {
  readonly id: string
  readonly severity: PreflightSeverity
  readonly title: string
  /** What the archive says; may contain evidence text (lossless). */
  readonly found: string
  readonly consequence: string
  /** What to do; undefined where nothing is to be done. */
  readonly remedy: string | undefined
  /** Lines that show it on the other host. */
  readonly lines?: readonly Line[]
  /** Where the archive shows it: a value, or a thing. */
  readonly from?: Trace | undefined
  readonly subject?: Ref | undefined
}

export interface PreflightTarget {
  readonly engine: RestoreEngine
  /** As the engine prints it; undefined when it is not known. */
  readonly version: string | undefined
  /** CRIU's options that the commands give, without the dashes. */
  readonly given?: readonly string[]
}

const ORDER: readonly PreflightSeverity[] = ['stop', 'check', 'note', 'fine']

/** All findings, the gravest first. Of a checkpoint that is still being decoded only what its metadata tells. */
export function preflight(cp: Checkpoint, target: PreflightTarget): readonly PreflightFinding[] {
  const all = [...engineFindings(cp, target), ...hostFindings(cp, target), ...resourceFindings(cp, target)]
  return all.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
}

const SEVERITY: Readonly<Record<RestoreState, PreflightSeverity>> = {
  works: 'fine',
  off: 'stop',
  check: 'check',
  unknown: 'check',
  'checkpoint-only': 'stop',
  none: 'stop',
  removed: 'stop',
}

function engineFindings({ metadata }: Checkpoint, { engine, version }: PreflightTarget): PreflightFinding[] {
  const support = restoreSupport(engine, version)
  const made = present(metadata.engine.value)
  const finding: PreflightFinding = {
    id: 'engine',
    severity: SEVERITY[support.state],
    title: 'Engine',
    found: `${engine}, ${version ?? support.versions}`,
    consequence: support.summary,
    remedy: support.remedy,
  }
  if (made === undefined || made === 'unknown' || made === engine || family(engine) === 'runtime') return [finding]
  const isNear = areNear(made, engine)
  const foreign: PreflightFinding = {
    id: 'foreign-archive',
    severity: isNear ? 'check' : 'stop',
    title: 'Archive of another engine',
    found: `made by ${made}, to be restored by ${engine}`,
    consequence: isNear
      ? `Both write what the kubelet’s checkpoints have; whether ${engine} takes all that ${made} wrote is not known.`
      : `${engine} looks for files and settings that ${made} does not write, or writes in another form.`,
    remedy: `Restore with ${made}; or restore the images alone with the runtime, into a bundle that you prepare.`,
    from: metadata.engine.from,
  }
  return [finding, foreign]
}

/** Whether two engines write archives of the same form. */
export function areNear(made: string, engine: string): boolean {
  return family(made) === family(engine)
}

/** Engines whose archives have the same form. The runtimes read the images of all. */
function family(engine: string): string {
  return engine === 'containerd' || engine === 'CRI-O'
    ? 'kubernetes'
    : engine === 'runc' || engine === 'crun'
      ? 'runtime'
      : engine
}
