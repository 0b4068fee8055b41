import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base64Lines } from '../../../src/criu/base64.ts'
import { critJson } from '../../../src/criu/crit-json.ts'
import { deviceText } from '../../../src/criu/display.ts'
import { addressText } from '../../../src/criu/ip-address.ts'
import { jsonString } from '../../../src/criu/json-text.ts'
import { imageTypes } from '../../../src/criu/image-types.ts'
import { quotedPrintable } from '../../../src/criu/quoted-printable.ts'
import { concat, image, minimal, u32 } from '../../builders/image.ts'
import { exampleOf } from '../../builders/image-examples.ts'

function json(bytes: Uint8Array, name: string, pretty = false): string {
  return [...critJson(bytes, name, { pretty })].join('')
}

describe('critJson', () => {
  test('writes compact and pretty text as Python does', () => {
    const bytes = image('PSTREE', [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1, 2] }])
    expect(json(bytes, 'pstree.img')).toBe(
      '{"magic": "PSTREE", "entries": [{"pid": 1, "ppid": 0, "pgid": 1, "sid": 1, "threads": [1, 2]}]}\n',
    )
    expect(json(bytes, 'pstree.img', true)).toBe(`{
    "magic": "PSTREE",
    "entries": [
        {
            "pid": 1,
            "ppid": 0,
            "pgid": 1,
            "sid": 1,
            "threads": [
                1,
                2
            ]
        }
    ]
}
`)
  })

  test('an image without records has an empty list', () => {
    expect(json(image('PSTREE', []), 'pstree.img', true)).toBe('{\n    "magic": "PSTREE",\n    "entries": []\n}\n')
  })

  test('64-bit numbers are exact digits', () => {
    const bytes = image('REG_FILES', [{ ...minimal('reg_file_entry'), pos: 0xfffffffffffffffen, mnt_id: -1 }])
    expect(json(bytes, 'reg-files.img')).toContain('"pos": 18446744073709551614')
    expect(json(bytes, 'reg-files.img')).toContain('"mnt_id": -1')
  })

  test('names that are no UTF-8 are lossless', () => {
    const bytes = image('REG_FILES', [{ ...minimal('reg_file_entry'), name: 'a\udcff"\u{1f600}\n\u007f' }])
    expect(json(bytes, 'reg-files.img')).toContain('"name": "a\\udcff\\"\\ud83d\\ude00\\n\\u007f"')
  })

  test.each([
    [1, 'Alive'],
    [2, 'Dead'],
    [3, 'Stopped'],
    [6, 'Zombie'],
  ])('task state %i is %s', (state, word) => {
    const tc = { ...minimal('task_core_entry'), task_state: state }
    const bytes = image('CORE', [{ mtype: 'X86_64', tc }])
    expect(json(bytes, 'core-1.img', true)).toContain(`"task_state": "${word}"`)
  })

  test('bits without a name follow in hexadecimal', () => {
    const vma = { ...minimal('vma_entry'), status: 0x10041, prot: 7 }
    const text = json(image('VMAS', [vma]), 'vmas-1.img', true)
    expect(text).toContain('"status": "VMA_AREA_REGULAR | VMA_FILE_PRIVATE | 0x10000"')
    expect(text).toContain('"prot": "PROT_READ | PROT_WRITE | PROT_EXEC"')
    expect(text).toContain('"flags": ""')
  })

  test('an enum value without a name is a number', () => {
    const bytes = image('REMAP_FPATH', [{ orig_id: 1, remap_id: 2, remap_type: 9 }])
    expect(json(bytes, 'remap-fpath.img')).toContain('"remap_type": 9')
  })

  test('a damaged image is followed by what is wrong', () => {
    const bytes = concat([exampleOf('PSTREE'), u32(77)])
    const parsed = JSON.parse(json(bytes, 'pstree.img')) as Record<string, unknown>
    expect(parsed['defects']).toMatchObject([{ code: 'truncated' }])
    expect(parsed['entries']).toHaveLength(2)
  })

  test.each(imageTypes.filter((type) => type.message !== undefined).map((type) => [type.name]))(
    '%s of both versions gives the same JSON',
    (name) => {
      const [old, current] = (['1.0', '1.1'] as const).map((version) => json(exampleOf(name, version), 'unnamed', true))
      expect(old).toBe(current)
      expect(() => JSON.parse(current ?? '') as unknown).not.toThrow()
    },
  )

  test('content of every kind', () => {
    const extras = (name: string): unknown[] =>
      (JSON.parse(json(exampleOf(name), 'x')) as { entries: { extra?: unknown }[] }).entries.map((item) => item.extra)
    expect(extras('PIPES_DATA')).toEqual(['aGVsbG8=\n', '', 'IQ==\n'])
    expect(extras('TCP_STREAM')).toEqual([{ inq: 'aW4u\n', outq: 'b3V0Lg==\n' }])
    expect(extras('GHOST_FILE')).toEqual([undefined, 'YWJj\n', 'eXo=\n'])
    expect(extras('IPCNS_SHM')).toEqual(['c2hhcmVk\n', '', 'bmV4dA==\n'])
    expect(extras('IPCNS_SEM')).toEqual([
      [1, 258, 3],
      [4, 5, 6, 7],
    ])
    expect(extras('IPCNS_MSG')[0]).toEqual([{ mtype: 5, msize: 3 }, 'b25l\n', { mtype: 6, msize: 8 }, 'ZWlnaHQgY2g=\n'])
    expect(extras('BPFMAP_DATA')).toEqual(['a2V5c3Zh\n'])
  })

  test('a large image comes in pieces of bounded size', () => {
    const bytes = image('PIPES_DATA', [{ pipe_id: 1, bytes: 3_000_000, $extra: new Uint8Array(3_000_000) }])
    const sizes = [...critJson(bytes, 'x', { pretty: false })].map((piece) => piece.length)
    expect(sizes.length).toBeGreaterThan(20)
    expect(Math.max(...sizes)).toBeLessThan(200_000)
  })
})

describe('raw images', () => {
  test('pages: size and count only', () => {
    expect(json(new Uint8Array(8192), 'pages-1.img')).toBe(
      '{"magic": "PAGES", "raw": {"size": 8192, "content": "pages", "page_size": 4096, "pages": 2}}\n',
    )
  })

  test('firewall rules as text', () => {
    const bytes = Buffer.from('*filter\n-A INPUT "é"\n')
    expect(json(bytes, 'iptables-1.img')).toBe('{"magic": "IPTABLES", "raw": "*filter\\n-A INPUT \\"\\u00e9\\"\\n"}\n')
  })

  test('long text is cut between symbols', () => {
    const content = 'x' + 'é'.repeat(40_000)
    const parsed = JSON.parse(json(Buffer.from(content), 'nftables-1.img')) as { raw: string }
    expect(parsed.raw).toBe(content)
  })

  test('an archive of a tmpfs: size and kind', () => {
    expect(json(Uint8Array.of(0x1f, 0x8b, 8), 'tmpfs-dev-1.tar.gz.img')).toContain('"size": 3, "content": "gzip"')
  })
})

describe('spelling of values', () => {
  test('base64 in lines of 76, the same as other encoders', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const lines =
          Buffer.from(bytes)
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        expect([...base64Lines(bytes)].join('')).toBe(lines.map((line) => `${line}\n`).join(''))
      }),
    )
  })

  test.each([
    ['/tmp/app.sock\0', '/tmp/app.sock=00'],
    ['\0abs\u00ff\0nl\nnl', '=00abs=C3=BF=00nl\nnl'],
    ['a ', 'a=20'],
    ['a \nb', 'a=20\nb'],
    ['a=b', 'a=3Db'],
    ['.', '=2E'],
    ['x'.repeat(80), `${'x'.repeat(75)}=\nxxxxx`],
  ])('quoted-printable of %j', (text, expected) => {
    expect(quotedPrintable(Buffer.from(text))).toBe(expected)
  })

  test.each([
    [[127, 0, 0, 1], '127.0.0.1'],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], '::'],
    [[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 'fe80::1'],
    [[0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3], '1:0:0:2::3'],
    [[0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8], '1:0:3:4:5:6:7:8'],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1], '::ffff:10.0.0.1'],
    [[1, 2, 3], undefined],
  ])('address %j', (bytes, text) => {
    expect(addressText(Uint8Array.from(bytes))).toBe(text)
  })

  test('device numbers in both encodings', () => {
    expect(deviceText((254n << 20n) | 3n, false)).toBe('254:3')
    expect(deviceText(0x8803n, true)).toBe('136:3')
    expect(deviceText(0x12300045n, true)).toBe('0:74565')
  })

  test('JSON strings are ASCII', () => {
    expect(jsonString('\b\f\r\t\\"\u0000é')).toBe('"\\b\\f\\r\\t\\\\\\"\\u0000\\u00e9"')
  })
})

const python = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import quopri'])
    return true
  } catch {
    return false
  }
})()

test.skipIf(!python)('quoted-printable agrees with Python', () => {
  const samples = fc.sample(
    fc.array(fc.constantFrom(...Buffer.from('ab=. \t\n\r\0\x7f\xff', 'latin1')), { maxLength: 200 }),
    { numRuns: 300, seed: 7 },
  )
  const script =
    'import sys, json, quopri\n' +
    'print(json.dumps([quopri.encodestring(bytes(s)).decode() for s in json.load(sys.stdin)]))'
  const expected = JSON.parse(
    execFileSync('python3', ['-c', script], { input: JSON.stringify(samples), encoding: 'utf8' }),
  ) as string[]
  expect(samples.map((bytes) => quotedPrintable(Uint8Array.from(bytes)))).toEqual(expected)
})
