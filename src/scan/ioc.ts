/**
 * Lists of indicators (IOCs), one a line, as people paste them: addresses, names, hashes, texts.
 *
 *   203.0.113.66          an IPv4 address, not as part of a longer one      evil[.]example   a defanged name
 *   hxxps://x.example/a   a defanged URL                                    44d88612fea8…    MD5, SHA-1, SHA-256, SHA-512
 *   "exact text"          text with \n \t \\ \" \xNN                        hex:4d 5a ?? 00  bytes
 *   re:tok_[a-z0-9]{20}   a regular expression                              # a comment
 */
import type { SourceError } from './hex.ts'
import { compile, type Pattern } from './pattern.ts'

export interface IocError extends SourceError {
  /** Line in the list, from 1; `at` counts from the line's start. */
  readonly line: number
}

export interface IocList {
  /** Patterns with the lines they come from as labels; a line may give several. */
  readonly patterns: readonly Pattern[]
  readonly errors: readonly IocError[]
}

const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/
const IPV6 = /^(?=.*:.*:)[0-9a-f:]+(?:\d+\.){0,3}\d*$/i
/** URLs, mail addresses, names with a top level; with or without a port. */
const NAME = /^(?:[a-z][a-z0-9+.-]*:\/\/\S+|(?:\S+@)?(?:[\w-]+\.)+[a-z][a-z0-9-]+(?::\d+)?(?:\/\S*)?)$/i

/** Undoes what makes an address or name harmless to click on. */
function refang(text: string): string {
  return text
    .replace(/^hxxp(s?)/i, 'http$1')
    .replace(/^fxp(?=\W)/i, 'ftp')
    .replace(/\[:\/\/\]/g, '://')
    .replace(/[[({]\s*(?:\.|dot)\s*[\])}]/gi, '.')
    .replace(/\[:\]/g, ':')
    .replace(/[[({]\s*(?:@|at)\s*[\])}]/gi, '@')
}

/** Reads a list. Faulty lines are reported; the others count. */
export function parseIocs(text: string): IocList {
  const patterns: Pattern[] = []
  const errors: IocError[] = []
  text.split(/\r\n|[\r\n]/).forEach((whole, index) => {
    const line = whole.trim()
    const from = whole.indexOf(line)
    if (line === '' || line.startsWith('#')) return
    const found = parseLine(line)
    const fault = 'message' in found ? found : faultOf(found, line)
    if (fault) errors.push({ line: index + 1, at: from + fault.at, message: fault.message })
    else if (!('message' in found)) patterns.push(...found)
  })
  return { patterns, errors }
}

function prefixLength(line: string): number {
  return /^(?:hex|re):\s*/i.exec(line)?.[0].length ?? 0
}

function faultOf(patterns: readonly Pattern[], line: string): SourceError | undefined {
  const result = compile(patterns)
  const error = result.kind === 'refused' ? result.errors[0] : undefined
  return error && { at: error.at + prefixLength(line), message: error.message }
}

function parseLine(line: string): readonly Pattern[] | SourceError {
  const source = line.slice(prefixLength(line))
  if (/^hex:/i.test(line)) return [{ kind: 'hex', hex: source, label: line }]
  if (/^re:/i.test(line)) return [{ kind: 'regex', source, label: line }]
  if (line.startsWith('"')) return quoted(line)
  const bare = line.replace(/\s+#.*$/, '')
  const plain = refang(bare)
  if (HASH.test(plain))
    return [
      { kind: 'text', text: plain, ignoreCase: true, utf8: true, utf16le: true, label: bare },
      { kind: 'hex', hex: plain, label: `${bare} (raw bytes)` },
    ]
  if (/^[\d.]+\/\d{1,2}$/.test(plain)) return { at: 0, message: 'ranges of addresses are not searched for' }
  if (IPV4.test(plain)) {
    const digits = plain.replaceAll('.', '\\.')
    return [{ kind: 'regex', source: `(?<![0-9.])${digits}(?![0-9]|\\.[0-9])`, utf16: true, label: bare }]
  }
  const ignoreCase = IPV6.test(plain) || NAME.test(plain)
  return [{ kind: 'text', text: ignoreCase ? plain : bare, ignoreCase, utf8: true, utf16le: true, label: bare }]
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', 0: '\0', '\\': '\\', '"': '"' }

/** A text in quotes. With bytes beyond ASCII it has no UTF-16 form (the text is lossless, see base/text.ts). */
function quoted(line: string): readonly Pattern[] | SourceError {
  const match = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(line)
  if (!match) return { at: 0, message: 'the quote is not closed, or something follows it' }
  let error: SourceError | undefined
  const body = match[1] ?? ''
  const text = body.replace(/\\(x[0-9a-f]{2}|.)/gi, (whole, code: string, at: number) => {
    if (code.length > 1) {
      const byte = parseInt(code.slice(1), 16)
      return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)
    }
    const known = escapes[code]
    if (known === undefined)
      error ??= { at: at + 1, message: `${whole} is not known: write \\n, \\t, \\\\, \\" or \\xNN` }
    return known ?? ''
  })
  if (error) return error
  const raw = /[\udc80-\udcff]/.test(text)
  return [{ kind: 'text', text, utf8: true, utf16le: !raw, label: line }]
}
