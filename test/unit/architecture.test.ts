/** Holds the import rules of ARCHITECTURE.md and the few things that no file may do, by reading the sources. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/**
 * Unit → units that it may import at run time, besides itself. A unit is a folder or a single file; a file belongs to
 * the longest unit that its path begins with. Type-only imports are free, except of the page's own folders.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/styles': [],
  'src/archive': ['src/base'],
  'src/model': ['src/base'],
  'src/criu': ['src/base', 'src/model'],
  'src/oci': ['src/base', 'src/model'],
  'src/memory': ['src/base', 'src/archive', 'src/model'],
  'src/ingest': ['src/base', 'src/archive', 'src/criu', 'src/oci', 'src/model', 'src/memory'],
  'src/query': ['src/base', 'src/model'],
  'src/diff': ['src/base', 'src/model', 'src/query'],
  'src/scan': ['src/base'],
  'src/coredump': ['src/base', 'src/memory'],
  'src/package': ['src/base', 'src/archive', 'src/model'],
  'src/search': ['src/base', 'src/archive', 'src/model', 'src/memory', 'src/query', 'src/scan'],
  'src/findings': ['src/base', 'src/model', 'src/query', 'src/memory'],
  'src/report': ['src/base', 'src/model', 'src/query', 'src/diff'],
  'src/commands': ['src/base', 'src/model'],
  'src/ui': ['src/base'],
  'src/app/context.ts': [],
  'src/views': ['src/base', 'src/model', 'src/query', 'src/diff', 'src/commands', 'src/ui', 'src/app/context.ts'],
  'src/app': [
    'src/base',
    'src/model',
    'src/query',
    'src/commands',
    'src/ui',
    'src/views',
    'src/styles',
    'src/app/context.ts',
    'workers/client.ts',
  ],
  'src/main.ts': ['src/app', 'src/styles', 'src/base'],
  'workers/contract.ts': [],
  'workers/client.ts': [],
  workers: [
    'src/base',
    'src/archive',
    'src/criu',
    'src/oci',
    'src/model',
    'src/memory',
    'src/ingest',
    'src/query',
    'src/diff',
    'src/scan',
    'src/coredump',
    'src/package',
    'src/search',
    'src/findings',
    'src/report',
    'src/commands',
  ],
}

/** Folders that run in the page only; the others run in a worker and in Node as well. */
const PAGE = ['src/ui', 'src/views', 'src/app', 'src/app/context.ts', 'src/main.ts', 'src/styles']

/** What the page never loads: reading of evidence happens behind the worker. */
const BEHIND_THE_WALL = [
  'src/archive',
  'src/criu',
  'src/oci',
  'src/ingest',
  'src/memory',
  'src/scan',
  'src/coredump',
  'src/package',
  'src/search',
  'workers',
]

function filesUnder(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.startsWith('src/criu/generated/'))
    .sort()
}

const sources = [...filesUnder('src', /\.(ts|svelte)$/), ...filesUnder('workers', /\.ts$/)]
const units = Object.keys(MAY_IMPORT)

function unitOf(path: string): string | undefined {
  return units
    .filter((unit) => path === unit || path.startsWith(`${unit}/`))
    .sort((a, b) => b.length - a.length)
    .at(0)
}

interface Import {
  readonly from: string
  /** Path in the repository, or the package's name. */
  readonly to: string
  readonly isTypeOnly: boolean
  readonly isDynamic: boolean
}

/** Static, side-effect and dynamic imports and re-exports, one per match. */
const IMPORT =
  /(?:^|[;>\n])\s*(?:import|export)\s+(type\s)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Imports with a query (`?worker&url`) give an address, not code, and are left out. */
function importsOf(path: string): Import[] {
  const found = [...codeOf(path).matchAll(IMPORT)].map(([, type, fixed, dynamic]) => {
    const name = fixed ?? dynamic ?? ''
    const to = name.startsWith('.') ? normalize(join(dirname(path), name)) : name
    return { from: path, to, isTypeOnly: type !== undefined, isDynamic: dynamic !== undefined }
  })
  return found.filter(({ to }) => !to.includes('?'))
}

/** A file's text without comments, so that rules are about code. */
function codeOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
    .replaceAll(/\/\*[^]*?\*\/|<!--[^]*?-->/g, '')
    .replaceAll(/(?<![:'"\\])\/\/.*$/gm, '')
}

const imports = sources.flatMap(importsOf)
const inside = imports.filter(({ to }) => unitOf(to) !== undefined)

describe('architecture', () => {
  test('the reader of imports sees every form', () => {
    expect(imports.length).toBeGreaterThan(sources.length)
    const forms = [
      ...`import './a.ts'\nimport type { B } from './b.ts'\nexport { c } from './c.ts'\nimport {\n  d,\n} from './d.ts'\nvoid import('./e.ts')`.matchAll(
        IMPORT,
      ),
    ]
    expect(forms.map(([, , fixed, dynamic]) => fixed ?? dynamic)).toEqual([
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
    ])
    expect(forms.map(([, type]) => type !== undefined)).toEqual([false, true, false, false, false])
  })

  test('every source belongs to a unit of the table', () => {
    expect(sources.filter((path) => unitOf(path) === undefined)).toEqual([])
  })

  test('units import only what the table allows', () => {
    const wrong = inside.filter(({ from, to, isTypeOnly }) => {
      const [own = '', other = ''] = [unitOf(from), unitOf(to)]
      if (isTypeOnly) return PAGE.includes(other) && !PAGE.includes(own)
      return own !== other && !MAY_IMPORT[own]?.includes(other)
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test('the table itself has no cycles', () => {
    const done = new Set<string>()
    const visit = (unit: string, path: readonly string[]): void => {
      expect(path, 'a cycle').not.toContain(unit)
      if (done.has(unit)) return
      for (const next of MAY_IMPORT[unit] ?? []) visit(next, [...path, unit])
      done.add(unit)
    }
    for (const unit of units) visit(unit, [])
  })

  test('no files import each other in a circle at run time', () => {
    const next = new Map(sources.map((path) => [path, new Set<string>()]))
    for (const { from, to, isTypeOnly, isDynamic } of inside)
      // A component may contain itself; what is loaded later cannot be missing when a module starts.
      if (!isTypeOnly && !isDynamic && from !== to) next.get(from)?.add(to)
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'open') circles.push([...trail, path].join(' → '))
      if (state.has(path)) return
      state.set(path, 'open')
      for (const to of next.get(path) ?? []) visit(to, [...trail, path])
      state.set(path, 'done')
    }
    for (const path of sources) visit(path, [])
    expect(circles).toEqual([])
  })

  test('the page loads nothing that reads evidence, by whatever way', () => {
    const reached = new Set(sources.filter((path) => PAGE.includes(unitOf(path) ?? '')))
    for (const path of reached)
      for (const { from, to, isTypeOnly } of inside) if (from === path && !isTypeOnly) reached.add(to)
    expect([...reached].filter((path) => BEHIND_THE_WALL.includes(unitOf(path) ?? ''))).toEqual([])
  })

  test('screens never import each other', () => {
    const screenOf = (path: string) => /^src\/views\/(?!parts\/)([^/]+)\//.exec(path)?.[1]
    const wrong = inside.filter(({ from, to }) => {
      const [own, other] = [screenOf(from), screenOf(to)]
      return own !== undefined && other !== undefined && own !== other
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test('only the page knows the DOM and Svelte', () => {
    const PAGE_WORDS =
      /\bdocument\.|\bwindow\.(?:add|open|location|document|inner|name)|\bglobalThis\.window\b|\bHTML\w*Element\b|\blocalStorage\b|\brequestAnimationFrame\b|from 'svelte/
    const elsewhere = sources.filter((path) => !PAGE.includes(unitOf(path) ?? ''))
    expect(elsewhere.filter((path) => PAGE_WORDS.test(codeOf(path)))).toEqual([])
  })
})

/**
 * What no source may contain, and the sources that may. Of the compiler's warnings only those about widgets by ARIA that
 * take focus (dividers, grids, trees) may be silenced: its rule does not know them.
 */
const BANNED: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['evaluation of text', /\beval\s*\(|\bnew Function\b|\bimportScripts\b|javascript:/, []],
  [
    'HTML from text',
    /\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write|\{@html\b|\bsrcdoc\b|\bDOMParser\b/,
    [],
  ],
  ['WebAssembly', /\bWebAssembly\b|\.wasm\b/, []],
  [
    'connections',
    /(?<![\w.#])fetch\s*\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b|\bRTCPeerConnection\b|\bWebTransport\b/,
    [],
  ],
  ['silenced checks', /eslint-disable|@ts-(?:ignore|nocheck|expect-error)|svelte-ignore (?!a11y_)/, []],
]

describe('no source contains', () => {
  for (const [what, pattern, allowed] of BANNED)
    test(what, () => {
      const text = (path: string) =>
        what === 'silenced checks' ? readFileSync(join(root, path), 'utf8') : codeOf(path)
      expect(sources.filter((path) => !allowed.includes(path) && pattern.test(text(path)))).toEqual([])
    })

  test('paths of the machine that it was written on', () => {
    const files = ['src', 'workers', 'proto', 'test', 'docs', '.ci'].flatMap((folder) =>
      filesUnder(folder, /\.(ts|mjs|js|svelte|css|md|json|proto)$/),
    )
    const found = files.filter((path) => !path.startsWith('test/fixtures/'))
    const PRIVATE = /(?<![\w.])\/(?:work|farm|root)\/[a-z]/
    expect(found.filter((path) => PRIVATE.test(readFileSync(join(root, path), 'utf8')))).toEqual([])
  })
})
