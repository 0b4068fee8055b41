/**
 * YAML that no reader takes for something else: block style, keys and texts plain only where every version of YAML reads
 * them as text (no `no`, `1e3`, `0x1f`, `12:30`, `~`), all others between double quotes with escapes. What comes out is
 * printable and has no `!`, so that a pasted here-document is safe as well. Texts must be valid Unicode.
 */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml }

/** A piece for drawing in colours; the pieces put together are the document. */
export interface YamlToken {
  readonly kind: 'key' | 'text' | 'sign'
  readonly text: string
}

const PLAIN = /^[A-Za-z][\w./-]*$/
/** Words that YAML 1.1 or 1.2 reads as booleans or null, or some readers of 1.1 as a number without digits before its exponent. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e-?[\d_]+)$/i

/** Documents, divided by `---`. */
export function yamlTokens(documents: readonly Yaml[]): YamlToken[] {
  return documents.flatMap((document, index) => [...(index > 0 ? [sign('---\n')] : []), ...node(document, 0, false)])
}

export function yamlText(documents: readonly Yaml[]): string {
  return yamlTokens(documents)
    .map(({ text }) => text)
    .join('')
}

function sign(text: string): YamlToken {
  return { kind: 'sign', text }
}

/** A value on lines of its own; `isInline`: its first line goes on after `- `. */
function node(value: Yaml, depth: number, isInline: boolean): YamlToken[] {
  if (isEmpty(value)) return [sign(isList(value) ? '[]\n' : '{}\n')]
  const indent = '  '.repeat(depth)
  const lead = (index: number) => (index === 0 && isInline ? [] : [sign(indent)])
  if (isList(value)) return value.flatMap((item, index) => [...lead(index), sign('- '), ...node(item, depth + 1, true)])
  if (typeof value !== 'object') return [{ kind: 'text', text: `${scalar(value)}\n` }]
  return Object.entries(value).flatMap(([key, item], index) => [
    ...lead(index),
    { kind: 'key', text: scalar(key) },
    sign(':'),
    ...child(item, depth),
  ])
}

function child(item: Yaml, depth: number): YamlToken[] {
  if (typeof item !== 'object' || isEmpty(item)) return [sign(' '), ...node(item, depth, true)]
  // Lists stand under their key without a further indent, as is usual for Kubernetes.
  return [sign('\n'), ...node(item, isList(item) ? depth : depth + 1, false)]
}

function isEmpty(value: Yaml): boolean {
  return typeof value === 'object' && Object.keys(value).length === 0
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value)
}

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  return PLAIN.test(value) && !WORDS.test(value) ? value : doubleQuoted(value)
}

/** Double-quoted style with the escapes that YAML shares with JSON, and `\x`, `\u`, `\U` for the rest. */
function doubleQuoted(text: string): string {
  const inside = Array.from(text, (symbol) => {
    if (symbol === '"' || symbol === '\\') return `\\${symbol}`
    if (symbol === '\n') return '\\n'
    const code = symbol.codePointAt(0) ?? 0
    if (code >= 0x20 && code <= 0x7e && symbol !== '!') return symbol
    const hex = code.toString(16)
    if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  })
  return `"${inside.join('')}"`
}
