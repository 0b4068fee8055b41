/**
 * Messages of the tools that make, move and restore checkpoints: what they mean and what to do. A pattern is a list of
 * parts that must stand in one line in this order, letters of either case; no part is a regular expression, so that no
 * paste can make the search slow. Sources name the program and, where it was read there, the file.
 */
import { criuErrors } from './error-list-criu.ts'
import { engineErrors } from './error-list-engines.ts'
import { kubeletErrors } from './error-list-kubelet.ts'

export type ErrorTool =
  | 'curl'
  | 'kubelet'
  | 'kubectl'
  | 'ssh'
  | 'shell'
  | 'registry'
  | 'containerd'
  | 'CRI-O'
  | 'Podman'
  | 'Docker'
  | 'runtime'
  | 'CRIU'
  | 'container'

export interface KnownError {
  readonly id: string
  readonly tool: ErrorTool
  /** Any of these; the parts of one in order, in one line. */
  readonly patterns: readonly (readonly string[])[]
  /** Or any of these as a line of its own: too short to be told from other text within one. */
  readonly lines?: readonly string[]
  readonly meaning: string
  readonly why: string
  readonly remedy: string
  readonly source: string
}

/** Say that something failed and not why: behind those that do. */
const unexplained: readonly KnownError[] = [
  {
    id: 'criu-failed',
    tool: 'runtime',
    patterns: [['criu failed: type', 'errno'], ['criu checkpoint failed'], ['criu restore failed']],
    meaning: 'CRIU stopped; the reason is in its own log.',
    why: 'The runtime passes on that it failed, not why.',
    remedy: 'Read the log that the message names and paste its lines with Error here.',
    source: 'runc: libcontainer/criu_linux.go; crun: src/libcrun/criu.c',
  },
  {
    id: 'kubelet-failed',
    tool: 'kubelet',
    patterns: [
      ['http/', ' 500'],
      ['checkpointing of', 'failed ('],
      ['an error on the server', 'has prevented the request from succeeding'],
    ],
    lines: ['http 500'],
    meaning: 'The kubelet asked the engine, and the engine failed.',
    why: 'The reason is the text before HTTP 500, in the words of engine, runtime or CRIU; that of CRIU is in dump.log.',
    remedy:
      'Paste the whole answer here. Without a reason in it look on the node: journalctl -u kubelet -u containerd -u crio --since -5min.',
    source: 'kubelet: HTTP 500',
  },
]

/** Causes before what follows from them. */
export const knownErrors: readonly KnownError[] = [...kubeletErrors, ...engineErrors, ...criuErrors, ...unexplained]
