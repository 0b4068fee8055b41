import { describe, expect, test } from 'vitest'
import { FormatError } from '../../../src/base/errors.ts'
import { limits } from '../../../src/base/limits.ts'
import { decodeImage, openImage, recordsOf, sliceRecords, sniffImage } from '../../../src/criu/decode-image.ts'
import { imageTypes, matchName } from '../../../src/criu/image-types.ts'
import { concat, encodeMessage, image, minimal, record, u32, varint } from '../../builders/image.ts'
import { exampleOf, exampleRecords } from '../../builders/image-examples.ts'

const records = imageTypes.filter((type) => type.message !== undefined)

function codeOf(bytes: Uint8Array, name = 'unnamed'): string {
  try {
    decodeImage(bytes, name)
    return 'decoded'
  } catch (error) {
    return error instanceof FormatError ? error.code : String(error)
  }
}

function text(bytes: Uint8Array, at: { offset: number; length: number }): string {
  return Buffer.from(bytes.subarray(at.offset, at.offset + at.length)).toString('latin1')
}

describe('headers', () => {
  test.each(records.map((type) => [type.name, type.pattern] as const))('%s is known by its magic', (name, pattern) => {
    const fileName = pattern.split(' | ')[0]?.replace(/%l?[udx]/, '7') ?? ''
    for (const version of ['1.0', '1.1'] as const) {
      const decoded = decodeImage(exampleOf(name, version), fileName)
      expect(decoded.type.name).toBe(name)
      expect(decoded.records.length).toBe(exampleRecords(name).length)
      expect(decoded.defects).toEqual([])
      expect(decoded.id).toBe(fileName.includes('7') ? 7 : undefined)
      const expected = name === 'INVENTORY' ? '1.1' : version === '1.0' ? '1.0' : undefined
      if (expected !== undefined) expect(decoded.version).toBe(expected)
    }
  })

  test.each(records.filter((type) => !type.extra).map((type) => [type.name]))('%s is the same in slices', (name) => {
    const bytes = exampleOf(name)
    const whole = decodeImage(bytes, name).records
    const opened = openImage(bytes, name)
    for (let from = 0; from <= whole.length; from++)
      expect(sliceRecords(opened, from, 2)).toEqual({ total: whole.length, records: whole.slice(from, from + 2) })
    const cut = openImage(bytes.subarray(0, -1), name)
    expect(sliceRecords(cut, 0, 100).records).toEqual(decodeImage(cut.bytes, name).records)
  })

  test('service images say so', () => {
    expect(decodeImage(exampleOf('STATS'), 'stats-dump').version).toBe('service')
    expect(decodeImage(exampleOf('IRMAP_CACHE'), 'irmap-cache').version).toBe('service')
  })

  test('the inventory says which version the images have', () => {
    expect(decodeImage(image('INVENTORY', [{ img_version: 1 }]), 'inventory.img').version).toBe('1.0')
    expect(decodeImage(image('INVENTORY', [{ img_version: 2 }]), 'inventory.img').version).toBe('1.1')
  })

  test('the name decides only between types with the same magic', () => {
    const bytes = exampleOf('PAGEMAP')
    expect(decodeImage(bytes, 'pagemap-shmem-3.img').type.name).toBe('SHMEM_PAGEMAP')
    expect(decodeImage(bytes, 'core-3.img').type.name).toBe('PAGEMAP')
    expect(decodeImage(exampleOf('SIGNAL'), 'signal-p-9.img').type.name).toBe('PSIGNAL')
  })

  test.each([
    ['nothing', new Uint8Array(), 'truncated'],
    ['three bytes', Uint8Array.of(1, 2, 3), 'truncated'],
    ['half a header', u32(0x54564319), 'truncated'],
    ['an unknown magic', u32(0x01020304), 'bad-magic'],
    ['an unknown second magic', concat([u32(0x54564319), u32(0x01020304)]), 'bad-magic'],
  ])('%s is refused', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code)
  })

  test('an unknown magic is named', () => {
    expect(() => decodeImage(concat([u32(0x54564319), u32(0xdeadbeef)]), 'x.img')).toThrow('0xdeadbeef')
  })

  test('the key of encrypted images is called that', () => {
    expect(codeOf(concat([u32(0x01020304)]), 'cipher.img')).toBe('encrypted')
  })

  test('memory that begins like an image stays memory', () => {
    const memory = concat([exampleOf('CORE'), new Uint8Array(4096)]).subarray(0, 4096)
    expect(decodeImage(memory, 'pages-1.img')).toMatchObject({ version: 'raw', type: { name: 'PAGES' } })
  })

  test('pages of version 1.0 have a magic and an address before each page', () => {
    const old = concat([u32(0x56084025), new Uint8Array(4104 * 3)])
    expect(decodeImage(old, 'pages-12.img').type.name).toBe('PAGES_OLD')
  })

  test('dumps of the ip command are known by their magic', () => {
    expect(sniffImage(u32(0x47361222))).toMatchObject({ type: { name: 'IFADDR' }, version: 'raw' })
    expect(decodeImage(u32(0x45311224), 'route6-2.img').type.name).toBe('ROUTE6')
  })
})

describe('matchName', () => {
  test.each([
    ['core-12.img', 'CORE', 12],
    ['checkpoint/core-12.img', 'CORE', 12],
    ['tcp-stream-2a0f.img', 'TCP_STREAM', 0x2a0f],
    ['ghost-file-1f.img', 'GHOST_FILE', 0x1f],
    ['tmpfs-dev-102.tar.gz.img', 'TMPFS_DEV', 102],
    ['pages-1.img', 'PAGES', 1],
    ['inventory.img', 'INVENTORY', undefined],
    ['stats-restore', 'STATS', undefined],
    ['pagemap-shmem-18446744073709551615.img', 'SHMEM_PAGEMAP', undefined],
  ])('%s', (name, type, id) => {
    expect(matchName(name)).toMatchObject({ type: { name: type }, id })
  })

  test.each(['core-.img', 'core-1.img.bak', 'core-x.img', 'xcore-1.img', 'core-1-img', ''])(
    '%s is no image',
    (name) => {
      expect(matchName(name)).toBeUndefined()
    },
  )
})

describe('records', () => {
  const pstree = { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1, 2] }

  test('say where their payload is', () => {
    const bytes = image('PSTREE', [pstree, pstree])
    const [first, second] = decodeImage(bytes, 'pstree.img').records
    expect(first).toMatchObject({ index: 0, offset: 12, length: 12 })
    expect(second).toMatchObject({ index: 1, offset: 28, length: 12 })
  })

  test('a record of length 0 is legal', () => {
    const decoded = decodeImage(concat([image('PIDNS', [{}])]), 'pidns-1.img')
    expect(decoded.records).toMatchObject([{ length: 0, defect: undefined }])
  })

  test('missing required fields are named', () => {
    const { defects, records: found } = decodeImage(image('PSTREE', [{ pid: 1 }]), 'pstree.img')
    expect(found[0]?.value).toMatchObject({ pid: 1, ppid: undefined, threads: [] })
    expect(defects).toMatchObject([
      { code: 'missing-field', severity: 'warning', message: expect.stringContaining('pstree_entry.ppid') as string },
    ])
  })

  test('unknown fields are kept, counted and located', () => {
    const odd = concat([encodeMessage('pstree_entry', pstree), varint(99n * 8n), varint(5n)])
    const bytes = concat([image('PSTREE', []), u32(odd.length), odd, u32(odd.length), odd])
    const { defects, records: found } = decodeImage(bytes, 'pstree.img')
    expect(found[1]?.value.$unknown).toEqual([{ number: 99, wireType: 0, offset: 43, length: 3 }])
    expect(defects).toMatchObject([{ code: 'unknown-field', severity: 'info', at: { offset: 24 } }])
    expect(defects[0]?.message).toContain('pstree_entry has an unknown field 99 (2 times)')
  })

  test('a damaged record keeps what came before the damage, and the next is decoded', () => {
    const good = record('pstree_entry', pstree)
    const bad = Uint8Array.of(8, 7, 16, 0xff)
    const bytes = concat([image('PSTREE', []), u32(bad.length), bad, good])
    const decoded = decodeImage(bytes, 'pstree.img')
    expect(recordsOf(decoded, 'pstree_entry').map((item) => item.value.pid)).toEqual([7, 1])
    expect(decoded.records[0]?.defect).toMatchObject({ code: 'truncated', at: { offset: 15 } })
    expect(decoded.defects).toHaveLength(1)
  })

  test('a nested message cannot reach beyond the one around it', () => {
    // mm_entry.vmas: 3 bytes, in which a bytes-like field claims 5; the record itself would have room.
    const bad = concat([Uint8Array.of(0x72, 3, 0x7a, 5, 1), new Uint8Array(20)])
    const bytes = concat([image('MM', []), u32(bad.length), bad])
    const [only] = decodeImage(bytes, 'mm-1.img').records
    expect(only?.defect).toMatchObject({ code: 'truncated' })
  })

  test('packed numbers cannot reach beyond their field', () => {
    const bad = Uint8Array.of(0x2a, 1, 0x80, 8, 1)
    const bytes = concat([image('PSTREE', []), u32(bad.length), bad])
    expect(decodeImage(bytes, 'pstree.img').records[0]?.defect?.code).toBe('truncated')
  })

  test('packed and plain repeated numbers are the same', () => {
    const packed = Uint8Array.of(8, 1, 16, 0, 24, 1, 32, 1, 0x2a, 2, 1, 2)
    const bytes = concat([image('PSTREE', []), u32(packed.length), packed])
    expect(decodeImage(bytes, 'pstree.img').records[0]?.value).toEqual(pstree)
  })

  test('a tail that breaks off is a defect at its place', () => {
    const bytes = concat([image('PSTREE', [pstree]), u32(100), Uint8Array.of(8, 7)])
    const decoded = decodeImage(bytes, 'pstree.img')
    expect(recordsOf(decoded, 'pstree_entry')[1]?.value.pid).toBe(7)
    expect(decoded.defects).toMatchObject([{ code: 'truncated', at: { offset: 24, length: 6 } }])
  })

  test('bytes after the only record of an image are reported', () => {
    const bytes = concat([exampleOf('UTSNS'), Uint8Array.of(1, 2)])
    const codes = decodeImage(bytes, 'utsns-1.img').defects.map((item) => item.code)
    expect(codes).toEqual(['trailing-bytes', 'truncated'])
    const twice = image('UTSNS', [minimal('utsns_entry'), minimal('utsns_entry')])
    expect(decodeImage(twice, 'utsns-1.img').defects).toMatchObject([{ code: 'trailing-bytes' }])
  })

  test('deep nesting stops at the limit', () => {
    let inner: Uint8Array = new Uint8Array()
    for (let i = 0; i < limits.messageDepth + 10; i++)
      inner = concat([Uint8Array.of(0x1a), varint(BigInt(inner.length)), inner])
    const bytes = concat([
      image('APPARMOR', []),
      u32(inner.length + 10),
      Uint8Array.of(0x0a),
      varint(BigInt(inner.length)),
      inner,
    ])
    expect(decodeImage(bytes, 'apparmor.img').defects[0]?.code).toMatch(/too-deep|truncated/)
  })

  test('a bomb of empty messages stops at the memory limit', () => {
    const count = 2_000_000
    const bomb = new Uint8Array(count * 2)
    for (let i = 0; i < bomb.length; i += 2) bomb[i] = 0x72
    const bytes = concat([image('MM', []), u32(bomb.length), bomb])
    const { defects } = decodeImage(bytes, 'mm-1.img')
    expect(defects).toMatchObject([{ code: 'limit', message: expect.stringContaining('imageSlots') as string }])
  })

  test('64-bit values and names that are no UTF-8 are exact', () => {
    const bytes = image('REG_FILES', [
      { ...minimal('reg_file_entry'), pos: 0xffffffffffffffffn, name: 'a\udcffb', mnt_id: -1 },
    ])
    const [only] = recordsOf(decodeImage(bytes, 'reg-files.img'), 'reg_file_entry')
    expect(only?.value).toMatchObject({ pos: 0xffffffffffffffffn, name: 'a\udcffb', mnt_id: -1 })
  })
})

describe('content after records', () => {
  test('of pipes', () => {
    const bytes = exampleOf('PIPES_DATA')
    const found = decodeImage(bytes, 'pipes-data.img').records.map((item) => item.extra)
    expect(found.map((extra) => (extra?.kind === 'bytes' ? text(bytes, extra.data) : undefined))).toEqual([
      'hello',
      '',
      '!',
    ])
  })

  test('of TCP connections', () => {
    const bytes = exampleOf('TCP_STREAM')
    const extra = decodeImage(bytes, 'tcp-stream-a.img').records[0]?.extra
    if (extra?.kind !== 'tcp') throw new Error('no queues')
    expect([text(bytes, extra.inq), text(bytes, extra.outq)]).toEqual(['in.', 'out.'])
  })

  test('of ghost files, in chunks or plain', () => {
    const chunked = exampleOf('GHOST_FILE')
    expect(decodeImage(chunked, 'ghost-file-1.img').records.map((item) => item.message)).toEqual([
      'ghost_file_entry',
      'ghost_chunk_entry',
      'ghost_chunk_entry',
    ])
    const content = Buffer.from('content')
    const plain = image('GHOST_FILE', [{ ...minimal('ghost_file_entry'), mode: 0o100600, size: 7n, $extra: content }])
    const extra = decodeImage(plain, 'ghost-file-1.img').records[0]?.extra
    expect(extra?.kind === 'bytes' && text(plain, extra.data)).toBe('content')
  })

  test.each([
    ['a directory', 0o40755],
    ['a symbolic link', 0o120777],
    ['a device', 0o20600],
  ])('%s has no content', (_, mode) => {
    const bytes = image('GHOST_FILE', [{ ...minimal('ghost_file_entry'), mode, size: 4096n }])
    const decoded = decodeImage(bytes, 'ghost-file-1.img')
    expect(decoded.records[0]?.extra).toBeUndefined()
    expect(decoded.defects).toEqual([])
    const longer = decodeImage(concat([bytes, Uint8Array.of(1)]), 'ghost-file-1.img')
    expect(longer.defects).toMatchObject([{ code: 'trailing-bytes' }])
  })

  test('a plain ghost file shorter than its size is reported', () => {
    const bytes = image('GHOST_FILE', [{ ...minimal('ghost_file_entry'), mode: 0o100600, size: 7n }])
    expect(decodeImage(bytes, 'ghost-file-1.img').defects).toMatchObject([{ code: 'bad-extra' }])
  })

  test('of System V queues and semaphores', () => {
    const bytes = exampleOf('IPCNS_MSG')
    const extra = decodeImage(bytes, 'ipcns-msg-1.img').records[0]?.extra
    if (extra?.kind !== 'messages') throw new Error('no messages')
    expect(extra.messages.map((item) => [item.value.mtype, text(bytes, item.data)])).toEqual([
      [5n, 'one'],
      [6n, 'eight ch'],
    ])
    const sets = decodeImage(exampleOf('IPCNS_SEM'), 'ipcns-sem-1.img').records.map((item) => item.extra)
    expect(sets).toMatchObject([{ values: [1, 258, 3] }, { values: [4, 5, 6, 7] }])
  })

  test('shared memory kept as pages has none', () => {
    const found = decodeImage(exampleOf('IPCNS_SHM'), 'ipcns-shm-1.img').records
    expect(found.map((item) => item.extra?.kind)).toEqual(['bytes', undefined, 'bytes'])
  })

  test.each([
    ['PIPES_DATA', { pipe_id: 1, bytes: 0xffffffff }],
    ['SK_QUEUES', { id_for: 1, length: 0xffffffff }],
    ['TCP_STREAM', { ...minimal('tcp_stream_entry'), inq_len: 0xffffffff, outq_len: 0xffffffff }],
    ['IPCNS_SHM', { ...minimal('ipc_shm_entry'), size: 0xffffffffffffffffn }],
    ['IPCNS_MSG', { ...minimal('ipc_msg_entry'), qbytes: 0, qnum: 0xffffffff }],
    ['IPCNS_SEM', { ...minimal('ipc_sem_entry'), nsems: 0xffffffff }],
    ['BPFMAP_DATA', { map_id: 1, keys_bytes: 0xffffffff, values_bytes: 0xffffffff, count: 1 }],
  ])('%s: a length beyond the image is clipped and reported', (name, value) => {
    const bytes = concat([image(name, [value]), Uint8Array.of(1, 2, 3)])
    const decoded = decodeImage(bytes, 'unnamed')
    expect(decoded.records).toHaveLength(1)
    expect(decoded.defects.map((item) => item.code)).toEqual(['truncated'])
  })

  test('without its length, content is not guessed', () => {
    const decoded = decodeImage(concat([image('PIPES_DATA', [{ pipe_id: 1 }]), Uint8Array.of(1, 2, 3)]), 'x')
    expect(decoded.records[0]?.extra).toBeUndefined()
    expect(decoded.defects.map((item) => item.code)).toContain('bad-extra')
  })
})
