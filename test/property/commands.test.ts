/** Every generated line, over ordinary and hostile values: what real shells hand to the tools is what was meant. */
import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { makeCommands, type Commands } from '../../src/commands/commands.ts'
import { restoreEngines } from '../../src/commands/engines.ts'
import { sources, ways, type CommandKind, type CommandOptions } from '../../src/commands/input.ts'
import type { Known } from '../../src/commands/known.ts'
import { blockText, fileText, scriptText } from '../../src/commands/render.ts'
import { powershellText } from '../../src/commands/powershell.ts'
import { lineText, quote, remoteWord, type Line, type Word } from '../../src/commands/shell.ts'
import { yamlText, type Yaml } from '../../src/commands/yaml.ts'
import { bytesOf, expectedCalls, hostileText } from '../builders/command-values.ts'
import { readPowershell } from '../builders/powershell.ts'
import { runTexts, shells, syntaxErrors } from '../builders/shells.ts'

const SHELLS = shells()
/** What a terminal or its line editor acts on, and what a person cannot see. Line breaks are dealt with apart. */
const UNSEEN = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u

const sorted = (calls: readonly (readonly string[])[]) => calls.map((call) => JSON.stringify(call)).sort()

/** The sampled values, the same at every run that fails. */
function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: Number(process.env['COMMANDS_SEED'] ?? Date.now() % 1e9) })
}

const kinds = fc.constantFrom<CommandKind>('create', 'build', 'restore')
const path = hostileText().map((text) => text.replaceAll('/', '').slice(0, 60))

/** Options whose names are legal and whose free texts are not tame. */
function options(): fc.Arbitrary<CommandOptions> {
  return fc.record({
    way: fc.constantFrom(...ways),
    engine: fc.constantFrom(...restoreEngines),
    source: fc.constantFrom(...sources),
    namespace: fc.constantFrom('', 'forensics', 'a-1'),
    pod: fc.constantFrom('', 'web-0', 'a.b'),
    container: fc.constantFrom('', 'app'),
    containerId: fc.constantFrom('', 'web_1', '0123abcd'),
    node: fc.constantFrom('', 'node-1.example'),
    address: fc.constantFrom('', '192.0.2.7', '2001:db8::1', 'node-1'),
    timeout: fc.constantFrom('', '300'),
    verify: fc.boolean(),
    leaveRunning: fc.boolean(),
    tcpEstablished: fc.boolean(),
    fileLocks: fc.boolean(),
    preCheckpoint: fc.boolean(),
    isolate: fc.boolean(),
    criu: fc.constantFrom('', 'tcp-established\nghost-limit 1G'),
    nodePath: path.map((text) => `/srv/${text}`),
    archive: fc.oneof(
      path,
      path.map((text) => `/evidence/${text}`),
    ),
    previous: path,
    restoredAs: fc.constantFrom('', 'again'),
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

const recipes: readonly Commands[] = sample(fc.tuple(kinds, options(), known()), 120).map(([kind, given, evidence]) =>
  makeCommands(kind, given, evidence),
)
const made = recipes.filter(({ steps }) => steps.length > 0)
const lines: readonly Line[] = made.flatMap(({ steps }) => steps.flatMap((one) => one.lines))

test('the sample has steps of every kind, and refusals', () => {
  expect(made.length).toBeGreaterThan(40)
  expect(made.length).toBeLessThan(recipes.length)
  expect(lines.length).toBeGreaterThan(300)
})

describe.each(SHELLS)('%s', (shell) => {
  test('finds nothing wrong with blocks and scripts', () => {
    const texts = made.flatMap((recipe) => [blockText(recipe), scriptText(recipe, 'Title\nwith a line break $(id)')])
    expect(syntaxErrors(shell, texts)).toEqual([])
    expect(syntaxErrors(shell, ['date', 'if then', 'date'])).toEqual(['if then'])
  })

  test('hands every tool exactly the arguments that were meant', () => {
    // Lines of one recipe share its variables: those are set beforehand, as earlier lines would.
    const setup = 'NODE=dir/out ADDRESS=dir/out ARCHIVE=dir/out TOKEN=dir/out CONTAINER=dir/out IMAGE_CONTAINER=dir/out'
    const few = [...new Map(lines.map((line) => [lineText(line), line])).values()].slice(0, 130)
    runTexts(
      shell,
      few.map((line) => `${setup}\n${lineText(line)}\n`),
      (runs, folder) => {
        few.forEach((line, index) => {
          const calls = runs[index]?.calls ?? []
          const isRemote = line.pipeline.some(([tool]) => tool === 'ssh')
          const wanted = sorted(expectedCalls(line))
          if (isRemote) expect(sorted(calls)).toEqual(expect.arrayContaining(wanted))
          else expect(sorted(calls), lineText(line)).toEqual(wanted)
        })
        expect(existsSync(join(folder, 'pwned'))).toBe(false)
      },
    )
  })

  test('reads any text as one word, also at the other end of ssh', () => {
    const texts = [...sample(hostileText(), 45), '', '\n', 'a\n', '\n\na', "'", "''", '!', '-n', '%', '\\', '\x7f']
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

  test('writes the files of a block as they were meant', () => {
    for (const recipe of made
      .filter(({ steps }) => steps.some(({ files, isAside }) => !isAside && files.length > 0))
      .slice(0, 3))
      runTexts(shell, [blockText(recipe)], (_runs, folder) => {
        for (const { files, isAside } of recipe.steps)
          for (const file of isAside ? [] : files)
            expect(readFileSync(join(folder, file.name), 'utf8')).toBe(fileText(file))
      })
  })
})

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
    // A line break stands only between single quotes, at the end of a value.
    expect(text.replaceAll(/'\n+'/g, '')).not.toContain('\n')
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
  const documents = fc.array(fc.dictionary(fc.constantFrom('a', 'no', '1e3', 'b c'), yamlValue, { minKeys: 1 }), {
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
