/**
 * Running the steps of a command: each prints its name, its own output and its time; the first failure ends the run
 * with a non-zero exit code. Node's built-in modules only: this also runs before anything is installed.
 */
import { spawnSync } from 'node:child_process'
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

/** The npm that started this script, else the one on the path. @param {readonly string[]} args */
export function npm(args) {
  const cli = process.env['npm_execpath']
  return cli?.endsWith('.js') ? run(process.execPath, [cli, ...args]) : run('npm', args)
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
