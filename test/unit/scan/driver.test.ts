import { describe, expect, test } from 'vitest'
import { overlapOf, startScan, type Hit } from '../../../src/scan/driver.ts'
import { compiled, cutAt, find, hitText, latin1, scanPieces } from '../../builders/scan.ts'

describe('text', () => {
  test('is found at both ends and at overlapping places', () => {
    expect(find('aaa', { kind: 'text', text: 'aa' })).toEqual(['0+2', '1+2'])
    expect(find('abxab', { kind: 'text', text: 'ab' })).toEqual(['0+2', '3+2'])
  })

  test('in three forms at once, told apart', () => {
    const bytes = Uint8Array.of(0x41, 0x62, 0xff, 0x41, 0, 0x62, 0, 0xff, 0, 0x41, 0, 0x62)
    const set = compiled({ kind: 'text', text: 'Ab', utf8: true, utf16le: true, utf16be: true })
    const hits = scanPieces(set, [{ address: 0n, bytes }]).map(hitText)
    expect(hits).toEqual(['0@0+2 utf-8', '0@3+4 utf-16le', '0@8+4 utf-16be'])
  })

  test('in either case, beyond ASCII too, but no mixture of two characters', () => {
    const text = (word: string): Uint8Array => new TextEncoder().encode(word)
    const pattern = { kind: 'text' as const, text: 'Größe рік', ignoreCase: true }
    expect(find(text('gRÖße РіК'), pattern)).toHaveLength(1)
    const er = { kind: 'text' as const, text: 'р', ignoreCase: true }
    expect(find(Uint8Array.of(0xd1, 0x80), er)).toEqual(['0+2'])
    expect(find(Uint8Array.of(0xd0, 0xa0), er)).toEqual(['0+2'])
    expect(find(Uint8Array.of(0xd1, 0xa0), er)).toEqual([])
  })

  test('without a chosen form is UTF-8; UTF-16 alone is not', () => {
    expect(find('ab', { kind: 'text', text: 'ab' })).toHaveLength(1)
    expect(find('ab', { kind: 'text', text: 'ab', utf16be: true })).toHaveLength(0)
    expect(find('ab', { kind: 'text', text: 'ab', utf16le: false, utf16be: true })).toHaveLength(0)
  })
})

describe('hex patterns', () => {
  test('with wildcards for bytes and halves', () => {
    const bytes = Uint8Array.of(0x4d, 0x5a, 0x99, 0x00, 0x4d, 0x5b, 0x99, 0x01)
    expect(find(bytes, { kind: 'hex', hex: '4d 5? ?? 0?' })).toEqual(['0+4', '4+4'])
    expect(find(bytes, { kind: 'hex', hex: '0x4D5A ?? 00' })).toEqual(['0+4'])
  })

  test('with skips: the shortest, not overlapping', () => {
    expect(find('a12b345b', { kind: 'hex', hex: '61 [1-6] 62' })).toEqual(['0+4'])
    expect(find('a1234567b', { kind: 'hex', hex: '61 [1-6] 62' })).toEqual([])
    expect(find('a\n\nb', { kind: 'hex', hex: '61[2]62' })).toEqual(['0+4'])
  })
})

describe('regular expressions', () => {
  const regex = (source: string, more: object = {}): { kind: 'regex'; source: string } => ({
    kind: 'regex',
    source,
    ...more,
  })

  test('a character beyond ASCII is its UTF-8 sequence, a \\xNN is one byte', () => {
    expect(find('\xc3\xa4', regex('ä'))).toEqual(['0+2'])
    expect(find('\xe4', regex('\\xe4'))).toEqual(['0+1'])
    expect(find('\xc3\xa4\xc3\xa4', regex('ä{2}'))).toEqual(['0+4'])
    expect(find('\xc3\x84', regex('[à-ü]', { ignoreCase: true }))).toEqual(['0+2'])
    expect(find('\xe2\x82\xac9', regex('€\\d'))).toEqual(['0+4'])
  })

  test('^ and $ are edges of lines and of contiguous memory, nothing else', () => {
    const set = compiled(regex('^ab$'))
    const at = (address: bigint, text: string): { address: bigint; bytes: Uint8Array } => ({
      address,
      bytes: latin1(text),
    })
    expect(scanPieces(set, [at(0n, 'ab\nab\nxab')])).toHaveLength(2)
    expect(scanPieces(set, [at(0n, 'x'), at(1n, 'ab')])).toHaveLength(0)
    expect(scanPieces(set, [at(0n, 'x'), at(2n, 'ab')])).toHaveLength(1)
    expect(find('\rab\r', regex('^ab$'))).toEqual([])
  })

  test('in UTF-16 too when asked for', () => {
    const text = 'tok_12 tok_7\n'
    const wide = Buffer.from(text, 'utf16le').toString('latin1')
    const set = compiled(regex('\\btok_\\d+$', { utf16: true }))
    const pieces = [{ address: 0n, bytes: latin1(`${text}\xff${wide}`) }]
    expect(scanPieces(set, pieces).map(hitText)).toEqual(['0@7+5 bytes', '0@28+10 utf-16le'])
    const classes = compiled(regex('[^a-z ]{3}', { utf16: true }))
    expect(scanPieces(classes, [{ address: 0n, bytes: latin1('\x014\x045\x046') }]).map(hitText)).toContain(
      '0@0+6 utf-16le',
    )
  })

  test('a match longer than 4 KiB is cut and says so; the search goes on behind the cut', () => {
    const set = compiled(regex('key=.*'))
    const bytes = latin1(`key=${'x'.repeat(6000)}key=1\n`)
    for (const cuts of [[], [10, 4096, 5000]]) {
      const hits = scanPieces(set, cutAt(bytes, 0n, cuts))
      expect(hits.map(hitText)).toEqual(['0@0+4096 bytes cut', '0@6004+5 bytes'])
    }
  })

  test('inline flags', () => {
    expect(find('AB\n', regex('(?is)ab.'))).toEqual(['0+3'])
  })
})

describe('a scan', () => {
  const text = compiled({ kind: 'text', text: 'needle' })

  test('finds what lies across chunks once, and nothing across a gap, stated or in the addresses', () => {
    const pieces = cutAt(latin1('..needle..'), 100n, [4, 5, 6])
    expect(scanPieces(text, pieces).map(({ address }) => address)).toEqual([102n])
    const apart = pieces.map(({ address, bytes }, i) => ({ address: address + BigInt(i), bytes }))
    expect(scanPieces(text, apart)).toEqual([])
    const hits: Hit[] = []
    const scan = startScan(text, { onHit: (hit) => hits.push(hit) })
    scan.feed(0n, latin1('nee'))
    scan.gap()
    scan.feed(3n, latin1('dle'))
    expect(scan.end()).toMatchObject({ found: 0, bytes: 6 })
  })

  test('works at the top of the address space', () => {
    const top = 2n ** 64n - 6n
    expect(scanPieces(text, [{ address: top, bytes: latin1('needle') }])[0]?.address).toBe(top)
  })

  test('reports at most so many hits and counts all', () => {
    const set = compiled({ kind: 'text', text: 'a' }, { kind: 'regex', source: 'ab' })
    let told = 0
    const scan = startScan(set, { onHit: () => (told += 1), maxHits: 5 })
    scan.feed(0n, latin1('ab'.repeat(10)))
    const totals = scan.end()
    expect(told).toBe(5)
    expect(totals).toMatchObject({ found: 20, reported: 5 })
    expect([...totals.hits]).toEqual([10, 10])
  })

  test('within a range reports what starts in it only', () => {
    const hits = scanPieces(compiled({ kind: 'text', text: 'a' }), [{ address: 10n, bytes: latin1('aaaa') }], {
      within: { from: 11n, below: 13n },
    })
    expect(hits.map(({ address }) => address)).toEqual([11n, 12n])
  })

  test('may be shared by two that each report their part', () => {
    const set = compiled({ kind: 'text', text: 'needle' }, { kind: 'regex', source: 'n[de]+le' })
    const bytes = latin1('..needle..'.repeat(2000))
    const whole = scanPieces(set, [{ address: 0n, bytes }])
    for (const border of [10_001, 10_003, 10_007]) {
      const first = { address: 0n, bytes: bytes.subarray(0, border + overlapOf(set)) }
      const second = { address: BigInt(border), bytes: bytes.subarray(border) }
      const hits = [
        ...scanPieces(set, [first], { within: { from: 0n, below: BigInt(border) } }),
        ...scanPieces(set, [second], { within: { from: BigInt(border), below: 1n << 64n } }),
      ]
      expect(hits.map(hitText).sort()).toEqual(whole.map(hitText).sort())
    }
  })

  test('gives a sign of life before each step', () => {
    const beats: bigint[] = []
    const set = compiled({ kind: 'text', text: 'needle' }, { kind: 'regex', source: '\\d+' })
    scanPieces(set, [{ address: 0n, bytes: new Uint8Array(1024 * 1024) }], {
      onHeartbeat: (address) => beats.push(address),
    })
    expect(beats.length).toBeGreaterThan(6)
    expect(new Set(beats)).toContain(768n * 1024n)
  })

  test('does not keep the buffers it is fed', () => {
    const buffer = new Uint8Array(4)
    const hits: Hit[] = []
    const scan = startScan(text, { onHit: (hit) => hits.push(hit) })
    for (const [address, part] of [
      [0n, '..ne'],
      [4n, 'edle'],
    ] as const) {
      buffer.set(latin1(part))
      scan.feed(address, buffer)
      buffer.fill(0)
    }
    scan.end()
    expect(hits).toHaveLength(1)
  })

  test('a thousand texts in one pass find themselves', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `host-${i}.example`)
    const set = compiled(...names.map((name) => ({ kind: 'text' as const, text: name, ignoreCase: true })))
    const hits = scanPieces(set, cutAt(latin1(names.join(' ').toUpperCase()), 0n, [1000, 1001, 7777]))
    expect(hits.map(({ pattern }) => pattern)).toEqual([...names.keys()])
  })
})
