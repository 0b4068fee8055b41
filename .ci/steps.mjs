/**
 * Running the steps of a command: each prints its name, its own output and its time; the first failure ends the run
 * with a non-zero exit code. Node's built-in modules only: this also runs before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's top folder, with a trailing slash. */
export const root = `${dirname(dirname(fileURLToPath(import.meta.url)))}/`

/**
 * Runs a program in the top folder with its output shown. Gives its exit code (1 when it was killed or not found).
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] added to the environment
 */
export function run(program, args, env = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (result.error) console.error(`${program}: ${result.error.message}`)
  return result.status ?? 1
}

/** The npm that started this script, else the one on the path, as program and arguments. @param {readonly string[]} args */
function npmCommand(args) {
  const cli = process.env['npm_execpath']
  return cli?.endsWith('.js') ? { program: process.execPath, args: [cli, ...args] } : { program: 'npm', args }
}

/** Runs npm as `run` does. @param {readonly string[]} args */
export function npm(args) {
  const command = npmCommand(args)
  return run(command.program, command.args)
}

/**
 * Runs scripts of package.json in lanes beside each other, those of one lane one after the other. What a script prints
 * comes in one piece when it has ended. The first that fails ends the process, and the others with it.
 * @param {readonly (readonly string[])[]} lanes
 */
export async function lanes(lanes) {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  const running = new Set()
  /** @param {string} name @returns {Promise<void>} */
  const script = async (name) => {
    const start = Date.now()
    console.log(`\n== ${name}: started`)
    const { program, args } = npmCommand(['run', '--silent', name])
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    /** @type {Buffer[]} */
    const printed = []
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (/** @type {Buffer} */ piece) => void printed.push(piece))
    /** @type {number} */
    const code = await new Promise((resolve) => {
      child.once('close', (status) => resolve(status ?? 1)).once('error', () => resolve(1))
    })
    running.delete(child)
    const seconds = ((Date.now() - start) / 1000).toFixed(1)
    process.stdout.write(`\n== ${name}\n${Buffer.concat(printed).toString()}`)
    if (code === 0) {
      console.log(`== ${name}: ok, ${seconds} s`)
      return
    }
    console.error(`\n== ${name}: FAILED after ${seconds} s`)
    for (const other of running) other.kill()
    process.exit(code)
  }
  await Promise.all(
    lanes.map((names) => names.reduce((before, name) => before.then(() => script(name)), Promise.resolve())),
  )
}

/** Ends the process with a message when the step failed. @param {string} what @param {() => number} action */
export function step(what, action) {
  const start = Date.now()
  console.log(`\n== ${what}`)
  const code = action()
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  if (code !== 0) {
    console.error(`\n== ${what}: FAILED after ${seconds} s`)
    process.exit(code)
  }
  console.log(`== ${what}: ok, ${seconds} s`)
}
