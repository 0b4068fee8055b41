/** Options of Podman's checkpoint and restore by the release that brought them (Podman: RELEASE_NOTES.md). */
import type { CommandInput, CommandKind, FieldId } from './input.ts'
import { bareVersion } from './names.ts'
import type { Refusal } from './step.ts'
import { isVersionFrom } from './version.ts'

export const PODMAN_SOURCE = 'Podman: release notes of 3.0, 3.3, 4.0, 4.1 and 5.7'

interface Feature {
  readonly field: FieldId
  /** As it stands in the commands. */
  readonly what: string
  readonly since: string
  readonly isUsed: (kind: CommandKind, input: CommandInput) => boolean
  readonly instead?: string
}

const FEATURES: readonly Feature[] = [
  {
    field: 'preCheckpoint',
    what: '--pre-checkpoint',
    since: '3.0.0',
    isUsed: (kind, { preCheckpoint }) => kind === 'create' && preCheckpoint,
  },
  {
    field: 'source',
    what: '--import-previous',
    since: '3.0.0',
    isUsed: (kind, { source }) => kind === 'restore' && source === 'previous',
  },
  {
    field: 'compress',
    what: '--compress',
    since: '3.3.0',
    isUsed: (kind, { compress }) => kind === 'create' && compress !== 'gzip',
    instead: 'Choose gzip, which it always writes.',
  },
  { field: 'fileLocks', what: '--file-locks', since: '4.0.0', isUsed: (_kind, { fileLocks }) => fileLocks },
  {
    field: 'printStats',
    what: '--print-stats',
    since: '4.0.0',
    isUsed: (kind, { printStats }) => kind === 'create' && printStats,
  },
  {
    field: 'source',
    what: 'restore from an image',
    since: '4.1.0',
    isUsed: (kind, { source }) => kind === 'restore' && source === 'image',
    instead: 'Restore from the archive.',
  },
  {
    field: 'tcpClose',
    what: '--tcp-close',
    since: '5.7.0',
    isUsed: (kind, { tcpClose }) => kind === 'restore' && tcpClose,
    instead: 'Put tcp-close into /etc/criu/runc.conf or crun.conf on that machine.',
  },
]

/** Whether the Podman at hand has what came with a release; true while its version is not known. */
export function hasPodman({ engineVersion }: Pick<CommandInput, 'engineVersion'>, since: string): boolean {
  return isVersionFrom(bareVersion(engineVersion), since) ?? true
}

/** What the commands would use and that Podman does not have. */
export function podmanRefusals(kind: CommandKind, input: CommandInput): Refusal[] {
  const version = bareVersion(input.engineVersion)
  return FEATURES.filter(({ isUsed, since }) => isUsed(kind, input) && !hasPodman(input, since)).map(
    ({ field, what, since, instead }) => ({
      field,
      reason: [`Podman ${version} has no ${what}: it came with ${since}.`, instead].filter(Boolean).join(' '),
    }),
  )
}

/** What the commands use, each with the release that they need; empty when the version is known to have it. */
export function podmanNeeds(kind: CommandKind, input: CommandInput): string[] {
  if (isVersionFrom(bareVersion(input.engineVersion), '0.0') !== undefined) return []
  const used = FEATURES.filter(({ isUsed }) => isUsed(kind, input))
  return used.map(({ what, since }) => `Podman ${since} or newer: ${what}`)
}
