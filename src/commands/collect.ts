/** From the node to here: find the node, copy the archive, prove that both ends have the same bytes, clean up. */
import type { CommandInput } from './input.ts'
import { remoteWord, type Argv, type Line, type Variable, type Word } from './shell.ts'
import { run, step, type Step } from './step.ts'

/** File that keeps what the kubelet answered. */
export const ANSWER = 'checkpoint-answer.json'

const ARCHIVE: Variable = { variable: 'ARCHIVE' }
const ARCHIVE_NAME: Variable = { variable: 'ARCHIVE_NAME' }
const SEAL: Variable = { variable: 'SEAL' }
export const NODE: Variable = { variable: 'NODE' }
export const ADDRESS: Variable = { variable: 'ADDRESS' }

/** Takes the path out of the answer; only harmless symbols, since it is put into commands on the node. */
const FIND_PATH = 's/.*"items":\\["\\(\\/[A-Za-z0-9._:\\/+-]*\\)"\\].*/\\1/p'

/** Finds the archive that the kubelet named. */
export const ANSWERED: Line = { pipeline: [['sed', '-n', FIND_PATH, ANSWER]], assign: ARCHIVE.variable }

/** Where kubelets write, and what a list of paths is let through by: the same harmless symbols. */
const FOLDER = '/var/lib/kubelet/checkpoints'
const IS_PATH = '/^\\/[A-Za-z0-9._:\\/+-]*$/p'

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

/** For commands that run on the node itself: which one it is. */
export function showNode({ namespace, pod }: CommandInput): Step {
  const columns = '--output=custom-columns=NODE:.spec.nodeName,ADDRESS:.status.hostIP'
  return step({
    id: 'find-node',
    title: 'Find the node',
    why: 'Name and address of the node that runs the pod. What follows is for that machine: run it there, or give its address in the form.',
    isAside: true,
    isFolded: false,
    lines: [run('kubectl', 'get', 'pod', '--namespace', namespace, columns, '--', pod)],
  })
}

/** Lists the kubelet's archives of a container, the oldest first: their names end in the time (kubelet: pkg/kubelet). */
export function listArchives({ namespace, pod, container }: CommandInput, address: Word): Line {
  const names = `checkpoint-${pod}_${namespace}-${container}-[0-9][0-9][0-9][0-9]-*.tar`
  return { pipeline: [onNode(address, ['sudo', 'find', FOLDER, '-name', names]), ['sed', '-n', IS_PATH], ['sort']] }
}

/** Finds the newest of those archives. */
export function newestArchive(input: CommandInput, address: Word): Line {
  const { pipeline } = listArchives(input, address)
  return { pipeline: [...pipeline, ['tail', '-n', '1']], assign: ARCHIVE.variable }
}

/** Where the archive is on the node: a path that was chosen, or the line that finds it. */
export interface Collected {
  readonly address: Word | undefined
  readonly path: string | Line
}

/** Steps that bring the archive here, sealed. Nothing is written before what stands in it is known. */
export function collect({ address, path }: Collected): Step[] {
  const isChosen = typeof path === 'string'
  const remote: Word = isChosen ? path : [ARCHIVE]
  const local: Word = isChosen ? ownName(path) : [ARCHIVE_NAME]
  const seal: Word = isChosen ? `${ownName(path)}.sha256` : [ARCHIVE_NAME, '.sha256']
  const find: Line[] = isChosen
    ? []
    : [path, { pipeline: [['basename', '--', [ARCHIVE]]], assign: ARCHIVE_NAME.variable }]
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
          assign: SEAL.variable,
        },
        { pipeline: [['printf', '%s\\n', [SEAL]]], into: seal },
        fetch,
        run('sha256sum', '--check', '--', seal),
        run('chmod', '0400', '--', local),
        TIME,
      ],
      warnings: [
        'The archive holds the memory of the container: passwords, keys and tokens of its processes. Treat it like them.',
        ...(address === undefined
          ? []
          : ['sudo must not ask for a password here; else write root@ before the address.']),
      ],
    }),
    step({
      id: 'clean-node',
      title: 'Clean up on the node',
      why: `${
        isChosen
          ? 'The archive lies there, with all its secrets, until it is removed.'
          : 'Nobody else does: the kubelet never removes checkpoints, and the disk of the node fills.'
      } Only after the hashes agreed.`,
      isAside: true,
      lines: [
        run(...onNode(address, ['sudo', 'rm', '--', remote])),
        ...(isChosen ? [] : [run(...onNode(address, ['df', '-h', '--', '/var/lib/kubelet']))]),
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
