/** Real shells with stand-ins for every tool: each notes its exact arguments, so that lines can be compared by what they mean. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TOOLS =
  'base64 buildah chmod checkpointctl crictl crun ctr curl date df docker install kubectl ln mkdir nerdctl openssl podman rm runc sed sha256sum ssh sudo tar tee'.split(
    ' ',
  )

/** What every stand-in prints. */
export const OUTPUT = 'dir/out'

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

/** What the shell finds wrong with the text without running it; empty when nothing. */
export function syntaxErrors(shell: ShellName, text: string): string {
  const { status, stderr } = spawnSync(shell, ['-n'], { input: text })
  return status === 0 && stderr.length === 0 ? '' : `${shell}: ${stderr.toString()}`
}

/** Bytes as text, one character each. */
function latin1(bytes: Buffer): string {
  return bytes.toString('latin1')
}

export interface Run {
  /** Argument vectors of all stand-ins that a line started, in no certain order, each byte a character. */
  readonly calls: readonly (readonly string[])[]
}

/**
 * Runs texts, each by itself, in one shell. `ssh` has its last argument run by sh, as the other side would; what
 * that starts is noted too. Files that are written stay until `done` has looked at them.
 */
export function runTexts<T>(shell: ShellName, texts: readonly string[], done: (runs: Run[], folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-shells-'))
  try {
    const bin = join(folder, 'bin')
    const log = join(folder, 'log')
    const work = join(folder, 'work')
    mkdirSync(bin)
    mkdirSync(log)
    mkdirSync(work)
    const note = `printf '%s\\0' "$#" "\${0##*/}" "$@" >> "$LOG/$RUN"\n`
    const say = `printf '${OUTPUT}\\n'\n`
    for (const tool of TOOLS) {
      const remote = tool === 'ssh' ? 'for last; do :; done\nexec /bin/sh -c "$last"\n' : ''
      writeFileSync(join(bin, tool), `#!/bin/dash\n${note}${remote === '' ? say : remote}`)
    }
    writeFileSync(join(bin, 'cat'), `#!/bin/dash\n[ $# = 0 ] && exec /bin/cat\n${note}${say}`)
    for (const tool of [...TOOLS, 'cat']) chmodSync(join(bin, tool), 0o755)
    const script = texts.map((text, index) => `RUN=${index}; export RUN\n${text}`).join('\n')
    const { status, stderr } = spawnSync(program(shell) ?? shell, shell === 'zsh' ? ['-f', '-s'] : ['-s'], {
      input: Buffer.from(script),
      cwd: work,
      env: { PATH: bin, LOG: log, LC_ALL: 'C.UTF-8' },
      timeout: 60_000,
    })
    if (status !== 0 || stderr.length > 0) throw new Error(`${shell}: status ${status}: ${String(stderr)}`)
    return done(
      texts.map((_, index) => ({ calls: readCalls(join(log, String(index))) })),
      work,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readCalls(path: string): string[][] {
  let words: string[]
  try {
    words = latin1(readFileSync(path)).split('\0')
  } catch {
    return []
  }
  const calls: string[][] = []
  for (let at = 0; at < words.length - 1;) {
    const count = Number(words[at]) + 1
    calls.push(words.slice(at + 1, at + 1 + count))
    at += 1 + count
  }
  return calls
}
