/**
 * Tables as text for other programs.
 *
 * CSV follows RFC 4180: comma, CRLF, quotes doubled. Evidence is hostile to spreadsheets too: a cell that begins with
 * = + - @ (also after blanks, also the full-width forms) would be run as a formula, so it gets a leading apostrophe, as
 * does such a sign after a semicolon or a pipe (a spreadsheet set to another separator would start a cell there). Plain
 * numbers stay as they are. An absent value is an empty field without quotes, an empty text is "".
 * TSV is for pasting; it has the same guard, and an absent value is an em dash.
 * Backslashes, control, bidi and invisible characters are escaped in both (`\\\\`, `\n`, `\x1b`, `\u{202e}`), so a cell never
 * spans lines and never looks like another text.
 * JSON keeps the lossless text: bytes that are not UTF-8 stay lone surrogates (PEP 383), written `\udcNN`. Integers beyond
 * 2^53 are exact digits. An absent value is null, with the reason in `<column>_absent`.
 */
import { limits } from '../base/limits.ts'
import { escapedText, visibleText } from '../base/text.ts'
import { cellExportValue, cellPlainText, type CellValue, type ExportValue } from './cell.ts'
import type { Column } from './column.ts'

const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/
const LATER_FORMULA = /([;|]\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g
const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?$/

/** Evidence text made harmless for a spreadsheet cell and visible on one line. */
export function spreadsheetText(text: string): string {
  const visible = escapedText(text)
  if (PLAIN_NUMBER.test(visible)) return visible
  const guarded = visible.replace(LATER_FORMULA, "$1'")
  return FORMULA.test(visible) ? `'${guarded}` : guarded
}

function csvField(cell: CellValue): string {
  if (cell.kind === 'absent') return ''
  const text = spreadsheetText(cellPlainText(cell))
  return text === '' || /[",;\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function csvHeader(label: string): string {
  return csvField({ kind: 'text', text: label })
}

function tsvField(cell: CellValue): string {
  return cell.kind === 'absent' ? '—' : spreadsheetText(cellPlainText(cell))
}

/** One cell for the clipboard. Control characters stay visible symbols: a pasted line must not run in a terminal. */
export function cellCopy(cell: CellValue): string {
  return cell.kind === 'absent' ? '—' : visibleText(cellPlainText(cell))
}

/** One row for the clipboard. */
export function rowTsv<Row>(columns: readonly Column<Row>[], row: Row): string {
  return columns.map((column) => tsvField(column.cell(row))).join('\t')
}

export function* tsvParts<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  yield columns.map((column) => spreadsheetText(column.label)).join('\t') + '\n'
  for (const row of rows) yield rowTsv(columns, row) + '\n'
}

/** The header and each row, one after the other, so that nothing holds them all. */
export function* csvParts<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  yield columns.map((column) => csvHeader(column.label)).join(',') + '\r\n'
  for (const row of rows) yield columns.map((column) => csvField(column.cell(row))).join(',') + '\r\n'
}

function jsonValue(value: ExportValue): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'object' && value !== null) return `[${value.map(jsonValue).join(', ')}]`
  return JSON.stringify(value)
}

/** One row as a JSON object, keyed by column id. */
export function rowJson<Row>(columns: readonly Column<Row>[], row: Row): string {
  const fields = columns.flatMap((column) => {
    const cell = column.cell(row)
    const field = `${JSON.stringify(column.id)}: ${jsonValue(cellExportValue(cell))}`
    return cell.kind === 'absent'
      ? [field, `${JSON.stringify(`${column.id}_absent`)}: ${JSON.stringify(cell.why)}`]
      : [field]
  })
  return `{ ${fields.join(', ')} }`
}

/** An array of rows in parts, like `csvParts`. */
export function* jsonParts<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  let before = '[\n'
  for (const row of rows) {
    yield `${before}  ${rowJson(columns, row)}`
    before = ',\n'
  }
  yield before === ',\n' ? '\n]\n' : '[]\n'
}

/** Milliseconds of work between two turns of the page. */
const TURN = 12
/** Characters that are put together before the browser takes them over. */
const PART = 1024 * 1024

/** The parts in groups; between them the page goes on. */
async function* inTurns(parts: Iterable<string>): AsyncGenerator<string, void, undefined> {
  let lines: string[] = []
  let length = 0
  let begun = performance.now()
  for (const part of parts) {
    lines.push(part)
    length += part.length
    const isOver = performance.now() - begun >= TURN
    if (length < PART && !isOver) continue
    yield lines.join('')
    lines = []
    length = 0
    if (!isOver) continue
    await new Promise((resolve) => setTimeout(resolve))
    begun = performance.now()
  }
  yield lines.join('')
}

/** Text of any length as a file: the browser keeps what is done outside the page's memory. */
export async function textBlob(parts: Iterable<string>, type: string): Promise<Blob> {
  const blobs: Blob[] = []
  for await (const text of inTurns(parts)) blobs.push(new Blob([text]))
  return new Blob(blobs, { type })
}

/** One text for the clipboard; undefined when it is longer than `limits.copiedText`. */
export async function textToCopy(parts: Iterable<string>): Promise<string | undefined> {
  const texts: string[] = []
  let length = 0
  for await (const text of inTurns(parts)) {
    length += text.length
    if (length > limits.copiedText) return undefined
    texts.push(text)
  }
  return texts.join('')
}
