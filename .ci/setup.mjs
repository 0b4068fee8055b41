/**
 * Makes a fresh clone ready: installs the packages of the lock file when they are missing or not those of the lock
 * file, and finds (or on Debian as root installs) a Chromium for the browser tests, and Firefox and WebKit for their core
 * set. Built-in modules only.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { npm, root, run } from './steps.mjs'

/** First Node.js release of the 20 line that runs the build tools. */
const OLDEST = { major: 20, minor: 19 }

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/** @param {string} path @returns {Record<string, LockedPackage> | undefined} */
function packagesOf(path) {
  try {
    /** @type {unknown} */
    const lock = JSON.parse(readFileSync(root + path, 'utf8'))
    return /** @type {{ packages?: Record<string, LockedPackage> }} */ (lock).packages
  } catch {
    return undefined
  }
}

/** True when node_modules holds exactly what the lock file says (optional packages of other systems aside). */
export function modulesAreCurrent() {
  const wanted = packagesOf('package-lock.json')
  const installed = packagesOf('node_modules/.package-lock.json')
  if (!wanted || !installed) return false
  const paths = Object.keys(wanted).filter((path) => path !== '')
  const current = paths.every((path) => {
    const entry = installed[path]
    if (!entry) return wanted[path]?.optional === true
    return entry.integrity === wanted[path]?.integrity && entry.version === wanted[path]?.version
  })
  return current && Object.entries(installed).every(([path, entry]) => path in wanted || entry.optional === true)
}

/** Checks the Node.js version and installs the packages when needed. Ends the process when that fails. */
export function ensureModules() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const old = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)
  if (old) fail(`Node.js ${OLDEST.major}.${OLDEST.minor} or newer is needed; this is ${process.versions.node}.`)
  if (modulesAreCurrent()) return
  console.log('Installing the packages of package-lock.json ...')
  const code = npm(['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'])
  if (code !== 0) fail('npm ci failed: the packages could not be installed (see above).')
}

/** The headless shell is the same engine without a window's frame: tests take half the time of a processor in it. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Path of the Chromium to test with: the environment's CHROMIUM, else the first that is installed. */
export function findChromium() {
  const named = process.env['CHROMIUM']
  if (named) return existsSync(named) ? named : undefined
  return PLACES.find((path) => existsSync(path))
}

/** Gives the path of a Chromium, installing it where that is possible without asking. Else ends the process. */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  if (process.env['CHROMIUM']) fail(`CHROMIUM names ${process.env['CHROMIUM']}, which does not exist.`)
  if (isDebian() && process.getuid?.() === 0) {
    console.log('Installing Chromium for the browser tests (apt-get install chromium-headless-shell) ...')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0']
    if (run('apt-get', [...quiet, 'update'], env) !== 0) fail('apt-get update failed (see above).')
    const install = ['install', '-y', '--no-install-recommends', 'chromium-headless-shell', 'fonts-dejavu-core']
    if (run('apt-get', [...quiet, ...install], env) !== 0)
      fail('apt-get install chromium-headless-shell failed (see above).')
    const installed = findChromium()
    if (installed) return installed
  }
  return fail(
    'The browser tests need Chromium or Chrome, and none was found. Install one (Debian: `sudo apt-get install chromium`;\n' +
      'elsewhere from the system or from chromium.org), or set CHROMIUM=/path/to/chromium, and run this again.',
  )
}

/** What the core set in other browsers needs, each with the Debian package that brings it. */
const OTHERS = [
  ['/usr/bin/firefox-esr', 'firefox-esr'],
  ['/usr/bin/WebKitWebDriver', 'webkit2gtk-driver'],
  ['/usr/bin/Xvfb', 'xvfb'],
]

/** Milliseconds that installing them may take: they are fetched while the other tests run, which take longer. */
const PATIENCE = 600_000

/**
 * Starts to install Firefox and WebKit where they are missing and that is possible without asking, in the background. The
 * function that it gives waits for the end and says what is left out of the tests, and why.
 * @returns {() => Promise<void>}
 */
export function startOtherBrowsers() {
  const missing = () => OTHERS.filter(([path = '']) => !existsSync(path)).map(([, name = '']) => name)
  const wanted = missing()
  const command = `apt-get install --yes ${wanted.join(' ')}`
  if (wanted.length === 0) return () => Promise.resolve()
  let why = 'they are installed without asking on Debian as root only'
  /** @type {Promise<unknown>} */
  let ended = Promise.resolve()
  if (isDebian() && process.getuid?.() === 0) {
    console.log(`Installing ${wanted.join(', ')} for the browser tests while the others run ...`)
    const lines = `apt-get -qq update && apt-get -qq --no-install-recommends install --yes ${wanted.join(' ')}`
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const installing = spawn('sh', ['-c', lines], { stdio: 'ignore', env, timeout: PATIENCE })
    ended = new Promise((resolve) => {
      installing.once('exit', resolve).once('error', resolve)
    })
    why = 'apt-get failed'
  }
  return async () => {
    await ended
    if (missing().length > 0) console.log(`Without ${missing().join(', ')}: ${why}. To have them: ${command}`)
  }
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureModules()
  console.log(`Ready. Chromium for the browser tests: ${ensureChromium()}`)
}
