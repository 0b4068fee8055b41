/**
 * Shell lines as data: argument vectors, pipes and redirections, turned into text only at the edge. Whatever a value
 * holds, the text means the same to sh, bash, dash and zsh, pasted or run: nothing invisible and no control character
 * but a newline inside single quotes stands in it, so that neither the terminal nor the line editor acts on it.
 */
import { encodeText, textPieces } from '../base/text.ts'

/** A shell variable that an earlier line set; the line stops when it is empty. */
export interface Variable {
  readonly variable: string
}

/** One argument: text, or text and variables joined. Text is lossless (`base/text.ts`); it cannot hold NUL. */
export type Word = string | readonly (string | Variable)[]
export type Argv = readonly Word[]

export interface Line {
  /** Commands joined by pipes. */
  readonly pipeline: readonly Argv[]
  /** File that takes the output. */
  readonly into?: Word
  /** Variable that takes the output. */
  readonly assign?: string
  /** Each argument stands on a line of its own: there are many, and they are long. */
  readonly isLong?: boolean
  /** What PowerShell runs instead; without it the line itself when all of it is curl and kubectl. */
  readonly windows?: readonly Argv[]
}

export type TokenKind = 'command' | 'option' | 'word' | 'quoted' | 'variable' | 'operator'

/** A piece of a line for drawing in colours; the pieces put together are the line. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

/** Means itself to every shell; `=` does not at the start of a word (zsh), nor does `~`. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/
/** Means itself between double quotes. */
const PLAIN_IN_QUOTES = /^[\w@%+=:,./?&' -]*$/

/** Text as one word of sh. Throws for NUL, which no argument can hold. */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('an argument cannot hold NUL')
  if (PLAIN.test(text)) return text
  if (textPieces(text).every(({ kind }) => kind === 'text')) return `'${text.replaceAll("'", `'\\''`)}'`
  const [, head = '', tail = ''] = /^([^]*?)(\n*)$/.exec(text) ?? []
  // A command substitution drops newlines at its end: these stand by themselves.
  return (head === '' ? '' : `"$(printf '${octal(head)}')"`) + (tail === '' ? '' : `'${tail}'`)
}

/** Bytes as a format of printf; `!` is among the escaped ones, since bash expands it between double quotes. */
function octal(text: string): string {
  return [...encodeText(text)]
    .map((byte, index) => {
      const symbol = String.fromCharCode(byte)
      const isPlain = /[\w./:=@, +]/.test(symbol) || (symbol === '-' && index > 0)
      return isPlain && byte < 0x80 ? symbol : `\\${byte.toString(8).padStart(3, '0')}`
    })
    .join('')
}

function variableText({ variable }: Variable): string {
  return `\${${variable}:?}`
}

function wordTokens(word: Word): Token[] {
  if (typeof word === 'string') {
    const text = quote(word)
    const kind = text !== word ? 'quoted' : word.startsWith('-') ? 'option' : 'word'
    return [{ kind, text }]
  }
  const quoted = (text: string): Token => ({ kind: 'quoted', text })
  const isTame = word.every((part) => typeof part !== 'string' || PLAIN_IN_QUOTES.test(part))
  const parts = word.flatMap((part): Token[] => {
    if (typeof part === 'string') return part === '' ? [] : [quoted(isTame ? part : quote(part))]
    const variable: Token = { kind: 'variable', text: variableText(part) }
    return isTame ? [variable] : [quoted('"'), variable, quoted('"')]
  })
  return isTame ? [quoted('"'), ...parts, quoted('"')] : parts
}

function argvTokens(argv: Argv, isLong = false): Token[] {
  return argv.flatMap((word, index): Token[] => {
    const tokens = wordTokens(word)
    // The command and what it is to do stay together.
    if (index > 0) return [isLong && index > 1 ? BREAK : SPACE, ...tokens]
    return tokens.map(({ text }) => ({ kind: 'command', text }))
  })
}

const SPACE: Token = { kind: 'word', text: ' ' }
const BREAK: Token = { kind: 'operator', text: ' \\\n  ' }

function operator(text: string): Token {
  return { kind: 'operator', text }
}

/** The line for sh, in pieces. */
export function lineTokens({ pipeline, into, assign, isLong }: Line): Token[] {
  const commands = pipeline.flatMap((argv, index) => [
    ...(index > 0 ? [operator(' | ')] : []),
    ...argvTokens(argv, isLong),
  ])
  const whole = into === undefined ? commands : [...commands, operator(' > '), ...wordTokens(into)]
  if (assign === undefined) return whole
  return [{ kind: 'variable', text: assign }, operator('=$('), ...whole, operator(')')]
}

/** The line as sh, bash, dash and zsh read it. */
export function lineText(line: Line): string {
  return lineTokens(line)
    .map(({ text }) => text)
    .join('')
}

/** An argument vector as one word, for a shell at another place (ssh) to read. Variables are filled in on this side. */
export function remoteWord(argv: Argv): Word {
  const parts = argv.flatMap((word, index): (string | Variable)[] => {
    const space = index > 0 ? [' '] : []
    if (typeof word === 'string') return [...space, quote(word)]
    // What the variables hold has been matched against harmless symbols before.
    return [...space, "'", ...word, "'"]
  })
  const joined: (string | Variable)[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined.every((part) => typeof part === 'string') ? joined.join('') : joined
}
