/** Bytes read as this and that: numbers, times, text, addresses. Nothing is guessed: a reading that makes no sense is left out. */
import { decodeText } from '../base/text.ts'

export interface NumberReading {
  readonly label: string
  /** Undefined where there are too few bytes, or the value is none of that kind. */
  readonly little: string | undefined
  readonly big: string | undefined
}

type Read = (view: DataView, little: boolean) => number | bigint

const NUMBERS: readonly (readonly [label: string, size: number, read: Read])[] = [
  ['int8', 1, (view) => view.getInt8(0)],
  ['uint8', 1, (view) => view.getUint8(0)],
  ['int16', 2, (view, little) => view.getInt16(0, little)],
  ['uint16', 2, (view, little) => view.getUint16(0, little)],
  ['int32', 4, (view, little) => view.getInt32(0, little)],
  ['uint32', 4, (view, little) => view.getUint32(0, little)],
  ['int64', 8, (view, little) => view.getBigInt64(0, little)],
  ['uint64', 8, (view, little) => view.getBigUint64(0, little)],
  ['float32', 4, (view, little) => view.getFloat32(0, little)],
  ['float64', 8, (view, little) => view.getFloat64(0, little)],
]

/** The shortest decimal that is the same float; more digits would be those of another number. Nine always do. */
function numberText(label: string, value: number | bigint): string {
  if (label !== 'float32' || typeof value === 'bigint' || !Number.isFinite(value) || Number.isSafeInteger(value))
    return String(value)
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Integers of 8 to 64 bits and floats at the beginning of the bytes. */
export function readNumbers(bytes: Uint8Array): readonly NumberReading[] {
  const view = viewOf(bytes)
  return NUMBERS.map(([label, size, read]) => {
    const text = (little: boolean) => (bytes.length < size ? undefined : numberText(label, read(view, little)))
    return { label, little: text(true), big: text(false) }
  })
}

/** Seconds since the epoch between which a number is taken for a time: 1980 to 2100. */
const [EARLIEST, LATEST] = [315_532_800n, 4_102_444_800n]

function timeText(value: bigint, perSecond: bigint): string | undefined {
  const seconds = value / perSecond
  if (value < 0n || seconds < EARLIEST || seconds >= LATEST) return undefined
  const time = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const digits = perSecond.toString().length - 1
  const rest = digits === 0 ? '' : `.${(value % perSecond).toString().padStart(digits, '0')}`
  return `${time}${rest} UTC`
}

const TIMES: readonly (readonly [label: string, size: 4 | 8, perSecond: bigint])[] = [
  ['seconds, 32 bits', 4, 1n],
  ['seconds', 8, 1n],
  ['milliseconds', 8, 1000n],
  ['microseconds', 8, 1_000_000n],
  ['nanoseconds', 8, 1_000_000_000n],
]

/** Unix times at the beginning of the bytes; only such as lie between 1980 and 2100. */
export function readTimes(bytes: Uint8Array): readonly NumberReading[] {
  const view = viewOf(bytes)
  return TIMES.map(([label, size, perSecond]) => {
    const text = (little: boolean) => {
      if (bytes.length < size) return undefined
      return timeText(size === 4 ? BigInt(view.getUint32(0, little)) : view.getBigUint64(0, little), perSecond)
    }
    return { label, little: text(true), big: text(false) }
  }).filter(({ little, big }) => little !== undefined || big !== undefined)
}

export interface TextReading {
  readonly label: string
  /** Evidence text. */
  readonly text: string
}

/** Fewer symbols of ASCII in a row are found anywhere. */
const ASCII_RUN = 4

/** Whether the bytes begin with plain ASCII text: printable to their end, to a NUL, or for long enough. */
export function isAsciiText(bytes: Uint8Array): boolean {
  const odd = bytes.findIndex((byte) => byte !== 9 && byte !== 10 && byte !== 13 && (byte < 0x20 || byte > 0x7e))
  const run = odd < 0 ? bytes.length : odd
  return run >= ASCII_RUN && (odd < 0 || bytes[odd] === 0 || run >= 2 * ASCII_RUN)
}

/** Letters of one script: those that stand together in a text, beside Latin. */
const SCRIPTS = [
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]*$/u,
  /^\p{Script=Hangul}*$/u,
  /^\p{Script=Greek}*$/u,
  /^\p{Script=Cyrillic}*$/u,
  /^\p{Script=Arabic}*$/u,
  /^\p{Script=Hebrew}*$/u,
  /^\p{Script=Devanagari}*$/u,
  /^\p{Script=Thai}*$/u,
]

/** Symbols that are no text: unassigned, private, halves of pairs (bytes that are not of the encoding), most controls. */
const NO_TEXT = /[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?![\t\n\r\u001b])\p{Cc}/gu

/** UTF-8 is hard to come by without being meant: some damage is let pass. */
function isLikelyUtf8(text: string): boolean {
  return text !== '' && (text.match(NO_TEXT)?.length ?? 0) * 3 <= text.length
}

/** Any bytes are UTF-16 of a kind: none but symbols of text, their letters of one script beside Latin. */
function isLikelyUtf16(text: string): boolean {
  if (text === '' || text.search(NO_TEXT) >= 0) return false
  const others = text.replace(/[\p{Script=Latin}\P{L}]/gu, '')
  return SCRIPTS.some((script) => script.test(others))
}

/** Text up to the first NUL in the encodings of which it can be. Plain ASCII is not UTF-16 as well. */
export function readTexts(bytes: Uint8Array): readonly TextReading[] {
  const nul = bytes.indexOf(0)
  const utf8 = decodeText(nul < 0 ? bytes : bytes.subarray(0, nul))
  const narrow = isLikelyUtf8(utf8) ? [{ label: 'UTF-8', text: utf8 }] : []
  if (isAsciiText(bytes)) return narrow
  const wide = (['utf-16le', 'utf-16be'] as const)
    .map((form) => {
      const whole = new TextDecoder(form, { ignoreBOM: true }).decode(bytes.subarray(0, bytes.length & ~1))
      return { label: form.toUpperCase(), text: whole.split('\0')[0] ?? '' }
    })
    .filter(({ text }) => isLikelyUtf16(text))
  // What is plain in one byte order is Han in the other.
  const plain = wide.filter(({ text }) => /^[\t\n\r -~]{2,}$/.test(text))
  return [...narrow, ...(plain.length > 0 ? plain : wide)]
}

/** What of the readings is not shown, and why, in words; undefined when all are. */
export function leftOut(bytes: Uint8Array, texts: readonly TextReading[], isPointer: boolean): string | undefined {
  const has = (label: string): boolean => texts.some((reading) => reading.label === label)
  const ascii = isAsciiText(bytes)
  const rest = ['UTF-8', 'UTF-16LE', 'UTF-16BE'].filter((label) => !has(label))
  const parts = [
    ...(isPointer ? [] : ['a pointer: to nothing that is mapped']),
    ...(ascii
      ? ['UTF-16, IPv4 and GUID: it is plain ASCII']
      : rest.length > 0
        ? [`${rest.join(', ')}: not likely text`]
        : []),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

/** The first four bytes as an IPv4 address, in network order. */
export function readIpv4(bytes: Uint8Array): string | undefined {
  return bytes.length < 4 ? undefined : bytes.subarray(0, 4).join('.')
}

/** The first 16 bytes as a GUID: RFC 9562 order, and the mixed order of Microsoft. */
export function readGuids(bytes: Uint8Array): { readonly network: string; readonly mixed: string } | undefined {
  if (bytes.length < 16) return undefined
  const hex = (order: readonly number[]) => order.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join('')
  const rest = `${hex([8, 9])}-${hex([10, 11, 12, 13, 14, 15])}`
  return {
    network: `${hex([0, 1, 2, 3])}-${hex([4, 5])}-${hex([6, 7])}-${rest}`,
    mixed: `${hex([3, 2, 1, 0])}-${hex([5, 4])}-${hex([7, 6])}-${rest}`,
  }
}

export interface Pointer {
  /** Where the pointer stands. */
  readonly at: bigint
  readonly target: bigint
  readonly order: 'little-endian' | 'big-endian'
}

/**
 * The pointer under a byte: the aligned word that holds it, else the word that begins at it, in the byte order in which it
 * points to mapped memory. `bytes` begin at the address `base`.
 */
export function pointerAt(
  bytes: Uint8Array,
  base: bigint,
  cursor: bigint,
  size: 4 | 8,
  isMapped: (address: bigint) => boolean,
): Pointer | undefined {
  const view = viewOf(bytes)
  const aligned = cursor - (cursor % BigInt(size))
  for (const at of aligned === cursor ? [aligned] : [aligned, cursor]) {
    const place = Number(at - base)
    if (place < 0 || place + size > bytes.length) continue
    for (const order of ['little-endian', 'big-endian'] as const) {
      const little = order === 'little-endian'
      const target = size === 4 ? BigInt(view.getUint32(place, little)) : view.getBigUint64(place, little)
      if (target !== 0n && isMapped(target)) return { at, target, order }
    }
  }
  return undefined
}
