/** Symbols that look like plain ASCII and are not: what a name may hide. Grouped by the ASCII symbol that they resemble. */

/** From the confusables of Unicode (UTS 39): those that sit on keyboards, in fonts of terminals and in attacks. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аɑα',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еҽ',
  g: 'ɡ',
  h: 'һ',
  i: 'іıι',
  j: 'ј',
  k: 'κ',
  l: 'ӏⅼ',
  m: 'м',
  n: 'ո',
  o: 'оοօ',
  p: 'рρ',
  q: 'ԛ',
  s: 'ѕ',
  u: 'υս',
  v: 'νѵ',
  w: 'ԝ',
  x: 'х',
  y: 'у',
  '-': '‐‑‒–—―−﹣－˗',
  '.': '․。．｡',
  '/': '⁄∕／',
  ':': '：ː꞉∶',
  _: '＿',
  "'": '‘’ʼ′＇',
  '"': '“”″＂',
}

const BY_SYMBOL = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([ascii, symbols]) => Array.from(symbols, (symbol) => [symbol, ascii] as const)),
)

/** The ASCII symbol that this one resembles; undefined for ASCII and for what resembles none. */
function resembles(symbol: string): string | undefined {
  if (symbol <= '\x7f') return undefined
  const compatible = symbol.normalize('NFKC').toLowerCase()
  return (
    BY_SYMBOL.get(symbol) ??
    BY_SYMBOL.get(symbol.toLowerCase()) ??
    (/^[!-~]$/.test(compatible) ? compatible : undefined)
  )
}

/** A symbol by its number, and what it passes for: `U+0430, which looks like “a”`. */
export function describeSymbol(symbol: string): string {
  const code = symbol.codePointAt(0) ?? 0
  if (code === 0x20) return 'a space'
  if (code === 0x0a) return 'a line break'
  if (code >= 0x21 && code <= 0x7e) return `“${symbol}”`
  if (code >= 0xdc80 && code <= 0xdcff) return `byte 0x${(code - 0xdc00).toString(16)}, which is not UTF-8`
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const ascii = resembles(symbol)
  return ascii === undefined ? name : `${name}, which looks like “${ascii}”`
}

/** The first symbol of a text that passes for another, with its place counted from 1. */
export function findLookAlike(text: string): { readonly symbol: string; readonly place: number } | undefined {
  const symbols = Array.from(text)
  const index = symbols.findIndex((symbol) => resembles(symbol) !== undefined)
  const symbol = symbols[index]
  return symbol === undefined ? undefined : { symbol, place: index + 1 }
}
