/**
 * Real shells with stand-ins for every tool: each notes its exact arguments, so that lines can be compared by what they
 * mean. The stand-ins are functions of the shell, which gets its lines in one piece: starting a process for each of the
 * thousands of calls would take nearly all the time, and a function sees the same arguments.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Every tool that a line starts by itself; what stands behind sudo is its argument. */
export const TOOLS: readonly string[] =
  'base64 basename buildah cat chmod criu date dd df curl grep install kubectl ln mkdir openssl rm sed sha256sum skopeo sort ssh stat sudo tail tar tee uname'.split(
    ' ',
  )

/** What has no stand-in, and why its arguments are not compared by themselves. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  printf: 'the quoting itself uses it for bytes that cannot be seen; what it writes is compared where it goes',
}

/** What every stand-in prints: two words where a shell splits it. */
export const OUTPUT = 'o ut'

export type ShellName = 'bash' | 'dash' | 'zsh'

/** The shell as a path: the search path of a run holds the stand-ins alone. */
function program(shell: ShellName): string | undefined {
  return ['/bin', '/usr/bin', '/usr/local/bin'].map((folder) => join(folder, shell)).find((path) => existsSync(path))
}

/** The shells of this machine; those that are missing are said. */
export function shells(): ShellName[] {
  return (['bash', 'dash', 'zsh'] as const).filter((shell) => {
    const isThere = program(shell) !== undefined
    if (!isThere) console.log(`left out: ${shell} is not installed`)
    return isThere
  })
}

/** Linux takes no argument of 128 KiB. */
const MOST = 100_000

/** What the shell finds wrong with the texts without running them, one by one; empty when nothing. */
export function syntaxErrors(shell: ShellName, texts: readonly string[]): string[] {
  const [first = '', ...others] = texts
  const together = texts.join('\n')
  if (others.length > 0 && (Buffer.byteLength(together) > MOST || !isRead(shell, together))) {
    const half = Math.ceil(texts.length / 2)
    return [...syntaxErrors(shell, texts.slice(0, half)), ...syntaxErrors(shell, texts.slice(half))]
  }
  return others.length > 0 || isRead(shell, first) ? [] : [first]
}

/** zsh starts a process for every pipe even with -n, but not for those in a function that it only reads. */
function isRead(shell: ShellName, text: string): boolean {
  const script = shell === 'zsh' ? `never_called() {\n${text}\n}` : text
  const { status, stderr } = spawnSync(program(shell) ?? shell, ['-n', '-c', script])
  return status === 0 && stderr.length === 0
}

/** Bytes as text, one character each. */
function latin1(bytes: Buffer): string {
  return bytes.toString('latin1')
}

export interface Run {
  /** Argument vectors of all stand-ins that a line started, in no certain order, each byte a character. */
  readonly calls: readonly (readonly string[])[]
}

/** What each tool is, in POSIX sh. Calls go to a file for each run and tool: the commands of a pipe write at the same time. */
const STAND_INS = [
  `note() { printf '%s\\0' "$#" "$@" >> "$LOG/$RUN.$1"; }`,
  ...TOOLS.map((tool) => `${tool}() { note ${tool} "$@"; printf '${OUTPUT}\\n'; }`),
  // Without arguments it is what writes the files of a step.
  `cat() { if [ $# = 0 ]; then /bin/cat; else note cat "$@"; printf '${OUTPUT}\\n'; fi; }`,
  // What comes through the pipe is compared, as the secret that must be no argument.
  `curl() { note curl "$@"; case " $* " in *' @- '*) read -r line; note stdin "$line";; esac; printf '${OUTPUT}\\n'; }`,
  // The other side has none of this side's variables, which are set anew before each text.
  'ssh() { note ssh "$@"; for last_one; do :; done; unset NODE ADDRESS ARCHIVE ARCHIVE_NAME SEAL TOKEN CONTAINER IMAGE_CONTAINER; eval "$last_one"; }',
  '',
].join('\n')

/**
 * Runs texts, each by itself in a folder of its own name, in one shell. `ssh` has its last argument run by the same shell
 * without this side's variables, as the other side would; what that starts is noted too. Files that are written stay until `done` has looked at them.
 */
export function runTexts<T>(shell: ShellName, texts: readonly string[], done: (runs: Run[], folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-shells-'))
  try {
    const [bin, log, work] = ['bin', 'log', 'work'].map((name) => join(folder, name)) as [string, string, string]
    for (const path of [bin, log, work]) mkdirSync(path)
    const script = texts.map((text, index) => `cd "$WORK/${index}"; RUN=${index}\n${text}`).join('\n')
    for (const index of texts.keys()) mkdirSync(join(work, String(index)))
    const file = join(folder, 'script')
    writeFileSync(file, STAND_INS + script)
    const { status, stderr } = spawnSync(program(shell) ?? shell, [...(shell === 'zsh' ? ['-f'] : []), file], {
      cwd: work,
      // Nothing is in the search path: what has no stand-in is an error.
      env: { PATH: bin, LOG: log, WORK: work, LC_ALL: 'C.UTF-8' },
      timeout: 60_000,
    })
    if (status !== 0 || stderr.length > 0) throw new Error(`${shell}: status ${status}: ${String(stderr)}`)
    const calls = texts.map((): string[][] => [])
    for (const name of readdirSync(log))
      calls[Number.parseInt(name, 10)]?.push(...readCalls(readFileSync(join(log, name))))
    return done(
      calls.map((made) => ({ calls: made })),
      work,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs one text with the shell, which may fail: its status, and the files that it wrote. */
export function runAlone(shell: ShellName, text: string): { readonly status: number | null; readonly files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-shells-'))
  try {
    // The stand-ins note nothing, since there is no log.
    const script = `${STAND_INS}note() { :; }\n${text}`
    const { status } = spawnSync(program(shell) ?? shell, [...(shell === 'zsh' ? ['-f'] : []), '-c', script], {
      cwd: folder,
      env: { PATH: '/nonexistent', LC_ALL: 'C.UTF-8' },
    })
    return { status, files: readdirSync(folder) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readCalls(bytes: Buffer): string[][] {
  const words = latin1(bytes).split('\0')
  const calls: string[][] = []
  for (let at = 0; at < words.length - 1;) {
    const count = Number(words[at])
    calls.push(words.slice(at + 1, at + 1 + count))
    at += 1 + count
  }
  return calls
}
