import { describe, expect, test } from 'vitest'
import { copyBytes } from '../../../src/query/copy-bytes.ts'
import {
  isAsciiText,
  leftOut,
  pointerAt,
  readGuids,
  readIpv4,
  readNumbers,
  readTexts,
  readTimes,
} from '../../../src/query/interpret.ts'

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const number = (hex: string, label: string) => readNumbers(bytes(hex)).find((reading) => reading.label === label)

describe('numbers', () => {
  test.each([
    ['ff', 'int8', '-1', '-1'],
    ['ff', 'uint8', '255', '255'],
    ['0180', 'int16', '-32767', '384'],
    ['feffffff', 'int32', '-2', '-16777217'],
    ['ffffffffffffff7f', 'int64', '9223372036854775807', '-129'],
    ['ffffffffffffffff', 'uint64', '18446744073709551615', '18446744073709551615'],
    ['cdcccc3d', 'float32', '0.1', '-429492128'],
    ['000000000000f03f', 'float64', '1', '3.03865e-319'],
    ['0000c07f', 'float32', 'NaN', '6.9055e-41'],
  ])('%s as %s', (hex, label, little, big) => {
    expect(number(hex, label)).toMatchObject({ little, big })
  })

  test('too few bytes are no number', () => {
    expect(number('ffff', 'int32')).toEqual({ label: 'int32', little: undefined, big: undefined })
  })
})

describe('times', () => {
  test('seconds to nanoseconds, in both orders; nothing where no order gives a likely time', () => {
    const seconds = bytes('40b3036500000000')
    expect(readTimes(seconds)).toEqual([
      { label: 'seconds, 32 bits', little: '2023-09-15 01:28:32 UTC', big: '2004-05-25 08:27:17 UTC' },
      { label: 'seconds', little: '2023-09-15 01:28:32 UTC', big: undefined },
    ])
    const nanoseconds = new Uint8Array(8)
    new DataView(nanoseconds.buffer).setBigUint64(0, 1_694_741_312_000_000_001n, true)
    expect(readTimes(nanoseconds).find(({ label }) => label === 'nanoseconds')?.little).toBe(
      '2023-09-15 01:28:32.000000001 UTC',
    )
    expect(readTimes(new Uint8Array(8))).toEqual([])
  })
})

describe('text', () => {
  test('UTF-8 and UTF-16 up to NUL, invalid bytes kept, impossible symbols left out', () => {
    expect(readTexts(bytes('68c3a9ff0061'))[0]).toEqual({ label: 'UTF-8', text: 'hé\udcff' })
    expect(readTexts(bytes('680069000000ffff')).slice(1)).toEqual([{ label: 'UTF-16LE', text: 'hi' }])
    expect(readTexts(bytes('00d800d8')).map(({ label }) => label)).not.toContain('UTF-16LE')
  })

  test('only what can be meant, and what is left out is said', () => {
    const words = new TextEncoder().encode('config.json')
    expect(readTexts(words)).toEqual([{ label: 'UTF-8', text: 'config.json' }])
    expect(leftOut(words, readTexts(words), false)).toBe(
      'a pointer: to nothing that is mapped; UTF-16, IPv4 and GUID: it is plain ASCII',
    )
    const russian = bytes('1f0440043804320435044204')
    expect(readTexts(russian)).toEqual([{ label: 'UTF-16LE', text: 'Привет' }])
    expect(leftOut(russian, readTexts(russian), true)).toBe('UTF-8, UTF-16BE: not likely text')
    // Han beside Hangul, Greek and Cyrillic: bytes that are no text at all.
    expect(readTexts(bytes('4d4f00acb10341ff1f04'))).toEqual([{ label: 'UTF-8', text: 'MO' }])
  })

  test.each([
    ['abc', false],
    ['abcd', true],
    ['a\tb\r\n', true],
    ['abcd\0\x01', true],
    ['abcd\x01', false],
    ['abcdefgh\x01', true],
  ])('plain ASCII: %j is %s', (text, expected) => {
    expect(isAsciiText(new TextEncoder().encode(text))).toBe(expected)
  })
})

test('addresses and GUIDs', () => {
  expect(readIpv4(bytes('c0a80001'))).toBe('192.168.0.1')
  expect(readIpv4(bytes('c0a8'))).toBeUndefined()
  expect(readGuids(bytes('00112233445566778899aabbccddeeff'))).toEqual({
    network: '00112233-4455-6677-8899-aabbccddeeff',
    mixed: '33221100-5544-7766-8899-aabbccddeeff',
  })
})

describe('pointers', () => {
  const mapped = (address: bigint) => address >= 0x7f00n && address < 0x8000n

  test('the aligned word around the cursor, else the word at it, in the order that points somewhere', () => {
    const memory = bytes('107f000000000000ffff207f000000000000')
    expect(pointerAt(memory, 0x10n, 0x13n, 8, mapped)).toMatchObject({ at: 0x10n, target: 0x7f10n })
    expect(pointerAt(memory, 0x10n, 0x1an, 8, mapped)).toMatchObject({ at: 0x1an, target: 0x7f20n })
    expect(pointerAt(bytes('0000000000007f30'), 0n, 0n, 8, mapped)).toMatchObject({ order: 'big-endian' })
    expect(pointerAt(bytes('107f0000'), 0n, 1n, 4, mapped)?.target).toBe(0x7f10n)
    expect(pointerAt(bytes('107f0000'), 0n, 0n, 8, mapped)).toBeUndefined()
    expect(pointerAt(new Uint8Array(8), 0n, 0n, 8, () => true)).toBeUndefined()
  })
})

test('copies: hex, escaped text, a C array, base64', () => {
  const given = bytes('4100ff1b5b')
  expect(copyBytes(given, 'hex')).toBe('41 00 ff 1b 5b')
  expect(copyBytes(given, 'text')).toBe('A\\x00\\xff\\x1b[')
  expect(copyBytes(given, 'c')).toBe('unsigned char bytes[5] = {\n  0x41, 0x00, 0xff, 0x1b, 0x5b,\n};\n')
  expect(copyBytes(given, 'base64')).toBe('QQD/G1s=')
  const large = new Uint8Array(100_000).fill(7)
  expect(copyBytes(large, 'base64')).toBe(Buffer.from(large).toString('base64'))
})
