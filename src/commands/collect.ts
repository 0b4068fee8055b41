/** From the node to here: find the node, copy the archive, prove that both ends have the same bytes, clean up. */
import type { CommandInput } from './input.ts'
import { remoteWord, type Argv, type Line, type Variable, type Word } from './shell.ts'
import { run, step, type Step } from './step.ts'

/** File that keeps what the kubelet answered. */
export const ANSWER = 'checkpoint-answer.json'

const ARCHIVE: Variable = { variable: 'ARCHIVE' }
const ARCHIVE_NAME: Variable = { variable: 'ARCHIVE', base: true }
export const NODE: Variable = { variable: 'NODE' }
export const ADDRESS: Variable = { variable: 'ADDRESS' }

/** Takes the path out of the answer; only harmless symbols, since it is put into commands on the node. */
const FIND_PATH = 's/.*"items":\\["\\(\\/[A-Za-z0-9._:\\/+-]*\\)"\\].*/\\1/p'

/** The time, for the notes. */
export const TIME: Line = {
  pipeline: [['date', '-u', '+%Y-%m-%dT%H:%M:%SZ']],
  windows: [['Get-Date', '-Format', 'o']],
}

/** Runs on the node: through ssh when it has an address, else here. */
export function onNode(address: Word | undefined, argv: Argv, isTerminal = false): Argv {
  if (address === undefined) return argv
  return ['ssh', ...(isTerminal ? ['-t'] : []), '--', address, remoteWord(argv)]
}

/** Asks the API server where the pod runs. */
export function findNode({ namespace, pod }: CommandInput, wanted: readonly ('NODE' | 'ADDRESS')[]): Step {
  const ask = (name: string, path: string): Line => ({
    ...run('kubectl', 'get', 'pod', '--namespace', namespace, '--output', `jsonpath={${path}}`, '--', pod),
    assign: name,
  })
  const lines = wanted.map((name) =>
    name === 'NODE' ? ask('NODE', '.spec.nodeName') : ask('ADDRESS', '.status.hostIP'),
  )
  return step({
    id: 'find-node',
    title: 'Find the node',
    why: 'Each kubelet answers only for the containers of its own node. What is found goes into variables of the shell.',
    lines,
  })
}

/** Where the archive is on the node: a path that was chosen, or what the kubelet answered. */
export interface Collected {
  readonly address: Word | undefined
  /** Undefined: as the kubelet answered. */
  readonly path: string | undefined
}

/** Steps that bring the archive here, sealed. */
export function collect({ address, path }: Collected): Step[] {
  const remote: Word = path ?? [ARCHIVE]
  const local: Word = path === undefined ? [ARCHIVE_NAME] : ownName(path)
  const seal: Word = path === undefined ? [ARCHIVE_NAME, '.sha256'] : `${ownName(path)}.sha256`
  const find: Line[] = path === undefined ? [{ pipeline: [['sed', '-n', FIND_PATH, ANSWER]], assign: 'ARCHIVE' }] : []
  const read = onNode(address, ['sudo', 'cat', '--', remote])
  // On the node itself the copy may be meant to go where the archive lies: dd refuses, a redirection would empty it.
  const fetch: Line =
    address === undefined
      ? { pipeline: [read, ['dd', joined('of=', local), 'conv=excl', 'status=none']] }
      : { pipeline: [read], into: local }
  return [
    step({
      id: 'fetch',
      title: address === undefined ? 'Copy and seal' : 'Fetch and seal',
      why: 'The node’s own hash is written down first; the copy is then checked against it. Keep the .sha256 file with the archive, and note the time: the container went on running and may have changed since.',
      lines: [
        ...find,
        {
          pipeline: [
            onNode(address, ['sudo', 'sha256sum', '--', remote]),
            // The path on the node becomes the name of the copy, so that the file can be checked wherever it lies.
            ['sed', 's| .*/|  |'],
          ],
          into: seal,
        },
        fetch,
        run('sha256sum', '--check', '--', seal),
        run('chmod', '0400', '--', local),
        TIME,
      ],
      warnings: [
        'The archive holds the memory of the container: passwords, keys and tokens of its processes. Treat it like them.',
        ...(address === undefined ? [] : ['sudo must not ask for a password here; else log in as root.']),
      ],
    }),
    step({
      id: 'clean-node',
      title: 'Clean up on the node',
      why: `${
        path === undefined
          ? 'Nobody else does: the kubelet never removes checkpoints, and the disk of the node fills.'
          : 'The archive lies there, with all its secrets, until it is removed.'
      } Only after the hashes agreed.`,
      isAside: true,
      lines: [
        run(...onNode(address, ['sudo', 'rm', '--', remote])),
        ...(path === undefined ? [run(...onNode(address, ['df', '-h', '--', '/var/lib/kubelet']))] : []),
      ],
    }),
  ]
}

function joined(before: string, word: Word): Word {
  return typeof word === 'string' ? before + word : [before, ...word]
}

/** The last part of a path, safe as an argument that is a file. */
function ownName(path: string): string {
  return localPath(path.slice(path.lastIndexOf('/') + 1))
}

/** A path that no tool takes for an option, for standard input or for an address. */
export function localPath(path: string): string {
  return path.startsWith('/') || path.startsWith('./') || path.startsWith('../') || /^\w[\w.+-]*(?:\/|$)/.test(path)
    ? path
    : `./${path}`
}
