/** Values for commands as people and attackers would choose them, and what a line must hand to its tools. */
import fc from 'fast-check'
import { encodeText } from '../../src/base/text.ts'
import type { Argv, Line, Word } from '../../src/commands/shell.ts'
import { NOT_COMPARED, OUTPUT } from './shells.ts'

/** Pieces that shells trip over. */
export const EVIL: readonly string[] = [
  `it's`,
  '"',
  '$(touch pwned)',
  '`touch pwned`',
  '$HOME',
  '${IFS}',
  '\\',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '!!',
  '!x',
  '-rf',
  '--',
  ';id',
  '| id',
  '&& id',
  '> f',
  '*',
  '[a]',
  '{a,b}',
  '~',
  '=ls',
  '#x',
  '%s',
  '\x1b[201~',
  '\x03',
  '\u202e',
  '\u200b',
  'é',
  'а',
  '\udcff',
  '👾',
  '\u00a0',
  ' ',
  'END_OF_FILE',
]

/** Any text without NUL, of pieces that shells trip over and of all other symbols. */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...EVIL),
    fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => text.isWellFormed()),
    fc.string({ maxLength: 6 }),
  )
  return fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').replaceAll('\0', ''))
}

/** Bytes of a lossless text, each a character, as the stand-ins note them. */
export function bytesOf(text: string): string {
  return Buffer.from(encodeText(text)).toString('latin1')
}

function expectedWord(word: Word): string {
  if (typeof word === 'string') return bytesOf(word)
  return word.map((part) => (typeof part === 'string' ? bytesOf(part) : OUTPUT)).join('')
}

function expectedArgv(argv: Argv): string[] {
  return argv.map(expectedWord)
}

/** What the stand-ins of a line note, and what curl reads of the pipe. */
export function expectedCalls({ pipeline }: Line): string[][] {
  const calls = pipeline.map(expectedArgv)
  const piped = calls.some(([tool], index) => tool === 'curl' && calls[index - 1]?.[0] === 'printf')
  const stdin = calls.flatMap(([tool, , text]) => (piped && tool === 'printf' ? [['stdin', text ?? '']] : []))
  return [...calls.filter(([tool = '']) => !Object.hasOwn(NOT_COMPARED, tool)), ...stdin]
}

/** The file that a line writes, and what: the output of its last command. */
export function expectedFile({ pipeline, into }: Line): { readonly name: Buffer; readonly text: string } | undefined {
  if (into === undefined) return undefined
  const [tool, , text = ''] = expectedArgv(pipeline.at(-1) ?? [])
  return { name: Buffer.from(expectedWord(into), 'latin1'), text: `${tool === 'printf' ? text : OUTPUT}\n` }
}
