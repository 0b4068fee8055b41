/** Every generated line, over ordinary and hostile values: what real shells hand to the tools is what was meant. */
import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { loadLines } from '../../src/commands/build.ts'
import { makeCommands, type Commands } from '../../src/commands/commands.ts'
import { fields } from '../../src/commands/fields.ts'
import type { CommandKind, CommandOptions } from '../../src/commands/input.ts'
import type { Known } from '../../src/commands/known.ts'
import { preflight } from '../../src/commands/preflight.ts'
import { blockText, fileText, scriptText, stepText } from '../../src/commands/render.ts'
import { powershellText } from '../../src/commands/powershell.ts'
import { lineText, quote, remoteWord, type Line, type Word } from '../../src/commands/shell.ts'
import { yamlText, type Yaml } from '../../src/commands/yaml.ts'
import { catalogue } from '../builders/command-catalogue.ts'
import { bytesOf, EVIL, expectedCalls, expectedFile, hostileText } from '../builders/command-values.ts'
import { readPowershell } from '../builders/powershell.ts'
import { openAnalysis } from '../builders/search.ts'
import { NOT_COMPARED, OUTPUT, runAlone, runTexts, shells, syntaxErrors, TOOLS } from '../builders/shells.ts'
import { fileUnderFalseName } from '../builders/sources.ts'

const SHELLS = shells()
/** What a terminal or its line editor acts on, and what a person cannot see. Line breaks are dealt with apart. */
const UNSEEN = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u

const sorted = (calls: readonly (readonly string[])[]) => calls.map((call) => JSON.stringify(call)).sort()

/** The sampled values, the same at every run that fails. */
function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: Number(process.env['COMMANDS_SEED'] ?? Date.now() % 1e9) })
}

const path = hostileText().map((text) => text.replaceAll('/', '').slice(0, 60))

/** Texts as people type them. */
const ORDINARY: CommandOptions = {
  namespace: 'forensics',
  pod: 'web-0',
  container: 'app',
  containerId: 'web_1',
  node: 'node-1.example',
  address: 'root@192.0.2.7',
  timeout: '300',
  criu: 'tcp-established\nghost-limit 1G',
  restoredAs: 'again',
  archive: '/evidence/case [1].tar',
}

/** Texts that are not tame, where any are legal; of the others every second is left out. */
function texts(): fc.Arbitrary<CommandOptions> {
  return fc.record({
    pod: fc.constantFrom('', 'a.b'),
    containerId: fc.constantFrom('', '0123abcd'),
    address: fc.constantFrom('', '2001:db8::1'),
    nodePath: path.map((text) => `/srv/x${text}`),
    archive: fc.oneof(
      path,
      path.map((text) => `/evidence/x${text}`),
    ),
    previous: path,
  })
}

function known(): fc.Arbitrary<Known | undefined> {
  const text = hostileText()
  const annotations = fc.array(
    text.map((value) => ({ key: 'org.criu.checkpoint.rootfsImageName', value })),
    { maxLength: 2 },
  )
  const mounts = fc.array(
    fc.record({
      destination: text.map((end) => `/mnt/${end}`),
      readOnly: fc.boolean(),
      kind: fc.constantFrom('hostPath', 'configMap', 'secret', 'emptyDir', 'claim', 'projected'),
      from: text,
    }),
    { maxLength: 3 },
  )
  return fc.option(
    fc
      .record({
        annotations,
        mounts,
        image: text,
        hasToken: fc.boolean(),
        hasTerminal: fc.boolean(),
        imagesFolder: fc.constantFrom(undefined, '', 'checkpoint'),
      })
      .map(({ annotations: list, image, ...rest }) => ({
        ...rest,
        suggestions: { archive: { value: image, origin: 'name of the opened file' } },
        engine: 'CRI-O',
        annotations: { containerd: list, 'CRI-O': list, Podman: list },
        architecture: 'amd64',
        rootfsImage: image,
        stops: () => ['It stops at this.'],
      })),
    { nil: undefined },
  )
}

/** The evidence is of the engine that is to restore it: others have no commands. */
function fitting(evidence: Known | undefined): (options: CommandOptions) => Known | undefined {
  return ({ engine = 'containerd' }) => evidence && { ...evidence, engine: engine === 'nerdctl' ? 'unknown' : engine }
}

/** Every option set of the catalogue: with nothing typed, with ordinary texts, with hostile texts and evidence. */
const recipes: readonly Commands[] = [
  ...catalogue({}),
  ...catalogue(ORDINARY),
  ...sample(fc.tuple(texts(), known()), 1).flatMap(([given, evidence]) => catalogue(given, fitting(evidence))),
]
const made = recipes.filter(({ steps }) => steps.length > 0)
/** Lines that are shown beside the recipes: of the pre-flight, and of the image that the browser builds. */
const beside: Line[] = [
  ...loadLines('checkpoint-image.tar', undefined),
  ...loadLines('a b.tar', 'registry.example/x:1'),
]
const fixture = join(import.meta.dirname, '../fixtures/checkpoints/podman/5.4.2/counters.tar')
const { checkpoint } = await openAnalysis(await fileUnderFalseName(fixture))
const recorded = checkpoint.members.map((member) =>
  member.name === 'checkpoint/inventory.img' ? { ...member, image: 'CPUINFO' } : member,
)
for (const cp of [checkpoint, { ...checkpoint, members: recorded }])
  beside.push(...preflight(cp, { engine: 'Podman', version: undefined }).flatMap((finding) => finding.lines ?? []))

function distinct<T>(items: readonly T[], text: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [text(item), item])).values()]
}

const steps = distinct(
  made.flatMap((recipe) => recipe.steps),
  stepText,
)
const lines: readonly Line[] = distinct([...steps.flatMap((one) => one.lines), ...beside], lineText)

test('there are steps of every kind, those that are only needed sometimes among them, and refusals', () => {
  expect(lines.length).toBeGreaterThan(2000)
  expect(steps.filter(({ isAside }) => isAside).length).toBeGreaterThan(50)
  expect(made.length).toBeLessThan(recipes.length)
})

test('every tool has a stand-in or a reason why not, and no stand-in or reason is left over', () => {
  const used = new Set(lines.flatMap(({ pipeline }) => pipeline.map(([tool]) => tool)))
  expect([...used].sort()).toEqual([...TOOLS, ...Object.keys(NOT_COMPARED)].sort())
})

test('a text field with any text gives a reason or lines, never both', () => {
  const asked = fields.flatMap((field) => (field.type === 'text' ? [field] : []))
  fc.assert(
    fc.property(fc.constantFrom(...asked), hostileText(), ({ id }, text) => {
      for (const kind of ['create', 'build', 'restore'] satisfies CommandKind[]) {
        const { steps: given, refusals } = makeCommands(kind, { [id]: text })
        if (refusals.length > 0) expect(given).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})

describe.each(SHELLS)('%s', (shell) => {
  test('finds nothing wrong with any step, block or script', () => {
    const shapes = distinct(made, (recipe) => recipe.steps.map(({ id, lines: { length } }) => `${id} ${length}`).join())
    const whole = shapes.flatMap((recipe) => [blockText(recipe), scriptText(recipe, 'Title\nwith a line break $(id)')])
    // Each step by itself: a fault must not hide behind the next one.
    const all = [...steps.map(stepText), ...beside.map(lineText), ...whole]
    expect(syntaxErrors(shell, [...new Set(all)])).toEqual([])
    expect(syntaxErrors(shell, ['date', 'if then', 'date'])).toEqual(['if then'])
  })

  test('hands every tool exactly the arguments that were meant, and writes where it was meant', () => {
    // Lines of one recipe share its variables: those are set beforehand, as earlier lines would.
    const names = ['NODE', 'ADDRESS', 'ARCHIVE', 'ARCHIVE_NAME', 'SEAL', 'TOKEN', 'CONTAINER', 'IMAGE_CONTAINER']
    const setup = names.map((name) => `${name}='${OUTPUT}'`).join(' ')
    const shown = (line: Line) => (line.assign === undefined ? '' : `note assigned "$${line.assign}"\n`)
    runTexts(
      shell,
      lines.map((line) => `${setup}\n${lineText(line)}\n${shown(line)}`),
      (runs, folder) => {
        lines.forEach((line, index) => {
          const calls = (runs[index]?.calls ?? []).filter(([tool]) => tool !== 'date' || !isRemote(line))
          const wanted = [...expectedCalls(line), ...(line.assign === undefined ? [] : [['assigned', OUTPUT]])]
          if (isRemote(line)) expect(sorted(calls), lineText(line)).toEqual(expect.arrayContaining(sorted(wanted)))
          else expect(sorted(calls), lineText(line)).toEqual(sorted(wanted))
          const file = expectedFile(line)
          if (file)
            expect(readFileSync(Buffer.concat([Buffer.from(join(folder, `${index}/`)), file.name]), 'latin1')).toBe(
              file.text,
            )
        })
        expect(existsSync(join(folder, 'pwned'))).toBe(false)
      },
    )
  })

  test('reads any text as one word, also at the other end of ssh', () => {
    // Each piece by itself and among letters: beside others that need quotes a lack of them would not show.
    const alone = [...EVIL, ...Array.from('~=!#$%^&*()[]{}|;<>?"`')].flatMap((piece) => [
      piece,
      `a${piece}b`,
      `${piece}b`,
    ])
    const texts = [
      ...alone,
      ...sample(hostileText(), 45),
      '',
      '\n',
      'a\n',
      '\n\na',
      "'",
      "''",
      '!',
      '-n',
      '%',
      '\\',
      '\x7f',
    ]
    const near = texts.map((text) => `date ${quote(text)}\n`)
    const far = texts.map((text) => `${lineText({ pipeline: [['ssh', '--', 'host', remoteWord(['date', text])]] })}\n`)
    runTexts(shell, [...near, ...far], (runs) => {
      texts.forEach((text, index) => {
        expect(runs[index]?.calls, quote(text)).toEqual([['date', bytesOf(text)]])
        const far = runs[texts.length + index]?.calls.filter(([tool]) => tool !== 'ssh')
        expect(far, quote(text)).toEqual([['date', bytesOf(text)]])
      })
    })
  })

  test('fills variables in on this side of ssh, as one word on the other', () => {
    const far = lineText({ pipeline: [['ssh', '--', 'host', remoteWord(['date', [{ variable: 'ARCHIVE' }, '.x']])]] })
    runTexts(shell, [`ARCHIVE='${OUTPUT}'\n${far}\n`], ([done]) => {
      expect(done?.calls.filter(([tool]) => tool !== 'ssh')).toEqual([['date', `${OUTPUT}.x`]])
    })
  })

  test('writes the files of every step as they were meant', () => {
    const written = distinct(
      steps.filter(({ files }) => files.length > 0).map((one) => ({ ...one, lines: [] })),
      stepText,
    )
    runTexts(shell, written.map(stepText), (_runs, folder) => {
      written.forEach(({ files }, index) => {
        for (const file of files)
          expect(readFileSync(join(folder, String(index), file.name), 'utf8')).toBe(fileText(file))
      })
    })
  })

  test('stops before it writes anything when an earlier line gave nothing', () => {
    const guarded = distinct(
      lines.filter(({ into }) => typeof into === 'object'),
      lineText,
    )
    expect(guarded.length).toBeGreaterThan(1)
    for (const line of guarded) {
      const { status, files } = runAlone(shell, `ARCHIVE= ARCHIVE_NAME= SEAL=\n${lineText(line)}\n`)
      expect(status, lineText(line)).not.toBe(0)
      expect(files).toEqual([])
    }
  })
})

function isRemote({ pipeline }: Line): boolean {
  return pipeline.some(([tool]) => tool === 'ssh')
}

test('PowerShell, by its written rules, reads the same arguments', () => {
  const known = (word: Word) =>
    typeof word === 'string'
      ? word
      : word.map((part) => (typeof part === 'string' ? part : `\${${part.variable}}`)).join('')
  const forms = lines.flatMap((line) => {
    const text = powershellText(line)
    return text === undefined ? [] : [{ line, text }]
  })
  expect(forms.length).toBeGreaterThan(30)
  for (const { line, text } of forms) {
    const wanted = (line.windows ?? line.pipeline).map((argv) => argv.map(known))
    for (const argv of wanted) if (argv[0] === 'curl') argv[0] = 'curl.exe'
    expect(readPowershell(text), text).toEqual({ assign: line.assign, commands: wanted })
  }
  for (const value of sample(hostileText(), 300)) {
    const text = powershellText({ pipeline: [['kubectl', value]] })
    if (text !== undefined) expect(readPowershell(text).commands, text).toEqual([['kubectl', value]])
  }
})

test('no line has a backslash before a space, or anything that cannot be seen', () => {
  for (const line of lines) {
    const text = lineText(line)
    expect(text).not.toMatch(UNSEEN)
    // A line break stands only between single quotes, at the end of a value, or behind a backslash between arguments.
    expect(text.replaceAll(/'\n+'/g, '').replaceAll(' \\\n  ', '')).not.toContain('\n')
    if (line.pipeline.some(([tool]) => tool === 'curl')) expect(text).not.toMatch(/\\\s/)
  }
})

const yamlValue: fc.Arbitrary<Yaml> = fc.letrec<{ value: Yaml }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    hostileText().filter((text) => text.isWellFormed()),
    fc.constantFrom(
      'no',
      'yes',
      'on',
      'null',
      '~',
      '1e3',
      'e0',
      'E-1',
      '0x1f',
      '0o17',
      '12:30',
      '1_000',
      '.inf',
      '#',
      'a: b',
      '- a',
      '',
      ' ',
      'y',
      '2026-11-22',
      '=',
      '<<',
    ),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      hostileText().filter((text) => text.isWellFormed() && text !== '__proto__'),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value

test.each(['1.1', '1.2'] as const)('YAML %s reads back what was written', (version) => {
  const documents = fc.array(fc.dictionary(fc.constantFrom('a', 'no', '1e3', 'e0', 'b c'), yamlValue, { minKeys: 1 }), {
    minLength: 1,
    maxLength: 2,
  })
  fc.assert(
    fc.property(documents, (values) => {
      const text = yamlText(values)
      expect(text).toMatch(/^[\x0a\x20-\x7e]*$/)
      expect(text).not.toContain('!')
      const read = parseAllDocuments(text, { version })
      expect(JSON.stringify(read.map((one) => one.toJS() as unknown))).toBe(JSON.stringify(values))
    }),
    { numRuns: 150 },
  )
})
