import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/archive/byte-sources.ts'
import { CachedSource } from '../../../src/archive/cached-source.ts'
import type { Member } from '../../../src/archive/member.ts'
import type { ByteSource } from '../../../src/archive/source.ts'
import { indexTar } from '../../../src/archive/tar-index.ts'
import type { TarIndex } from '../../../src/archive/tar-index.ts'
import { base256, concat, gnuLong, padBlocks, pax, tar, tarHeader, tarMember, toBytes } from '../../builders/tar.ts'
import { countingSource } from '../../builders/sources.ts'

const index = (bytes: Uint8Array) => indexTar(bytesSource(bytes))
const codes = (tarIndex: TarIndex) => tarIndex.defects.map((defect) => defect.code)
const only = (tarIndex: TarIndex): Member => {
  const [member] = tarIndex.members
  if (!member || tarIndex.members.length !== 1) throw new Error(`${tarIndex.members.length} members`)
  return member
}
async function text(tarIndex: TarIndex, at = 0): Promise<string> {
  const member = tarIndex.members[at]
  if (!member) throw new Error('no such member')
  const source = tarIndex.open(member)
  return new TextDecoder('latin1').decode(await source.read(0, source.size))
}

describe('tar: what a member is', () => {
  it('ustar: joins prefix and name', async () => {
    const found = await index(tar({ name: 'name', prefix: 'some/folder', body: 'abc', mode: 0o4755, uid: 1000 }))
    expect(only(found)).toMatchObject({ path: 'some/folder/name', type: 'file', size: 3, mode: 0o4755, uid: 1000 })
    expect(await text(found)).toBe('abc')
    expect(found.defects).toEqual([])
  })

  it('GNU: the prefix field is not a prefix', async () => {
    const found = await index(tar({ name: 'name', prefix: '14523', magic: 'gnu' }))
    expect(only(found).path).toBe('name')
  })

  it('v7: no magic, a trailing slash makes a directory', async () => {
    const found = await index(tar({ name: 'a/', magic: 'v7' }, { name: 'a/b', magic: 'v7', body: 'x' }))
    expect(found.members.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'directory'],
      ['a/b', 'file'],
    ])
  })

  it('links and devices are data', async () => {
    const found = await index(
      tar(
        { name: 's', type: '2', link: '../../etc/shadow' },
        { name: 'h', type: '1', link: 's' },
        { name: 'c', type: '3', device: [1, 3] },
        { name: 'b', type: '4', device: [8, 0] },
        { name: 'f', type: '6' },
      ),
    )
    expect(found.members.map((m) => m.type)).toEqual(['symlink', 'hardlink', 'char-device', 'block-device', 'fifo'])
    expect(found.members.map((m) => m.linkTarget)).toEqual(['../../etc/shadow', 's', undefined, undefined, undefined])
    expect(found.members[2]?.device).toEqual({ major: 1, minor: 3 })
    expect(found.members[1] && found.open(found.members[1]).size).toBe(0)
  })

  it('GNU long name and long link replace the cut ones', async () => {
    const name = `${'d/'.repeat(150)}file`
    const found = await index(
      tar(
        gnuLong('L', name),
        gnuLong('K', 'x'.repeat(300)),
        { name: 'd/d', type: '2', magic: 'gnu' },
        { name: 'next' },
      ),
    )
    expect(found.members.map((m) => m.path)).toEqual([name, 'next'])
    expect(found.members[0]?.linkTarget).toBe('x'.repeat(300))
  })

  it('pax: path, linkpath, size, mtime, uid and gid win over the header', async () => {
    const records = [
      ['path', 'über/lang'],
      ['mtime', '1700000000.25'],
      ['uid', '4000000'],
      ['gid', '5000000'],
      ['size', '5'],
    ] as const
    const found = await index(
      tar(pax(records), tarHeader({ name: 'short', size: 0 }), padBlocks(toBytes('hello')), { name: 'next' }),
    )
    expect(found.members[0]).toMatchObject({
      path: 'über/lang',
      mtime: 1700000000.25,
      uid: 4000000,
      gid: 5000000,
      size: 5,
    })
    expect(await text(found)).toBe('hello')
    expect(found.members[1]?.name).toBe('next')
  })

  it('pax: global records hold until taken back', async () => {
    const found = await index(
      tar(pax([['uid', '77']], 'g'), { name: 'a' }, pax([['uid', '']]), { name: 'b', uid: 3 }, pax([['uid', '9']]), {
        name: 'c',
      }),
    )
    expect(found.members.map((m) => m.uid)).toEqual([77, 3, 9])
  })

  it('pax: binary values with NUL, newline and = survive', async () => {
    const capability = Uint8Array.of(1, 0, 0, 2, 10, 61, 0, 255, 10)
    const found = await index(
      tar(
        pax([
          ['SCHILY.xattr.security.capability', capability],
          ['path', 'ping'],
        ]),
        { name: 'x' },
      ),
    )
    expect(only(found).path).toBe('ping')
    expect(found.defects).toEqual([])
  })

  it('pax: a number as path stays text', async () => {
    expect(only(await index(tar(pax([['path', '007']]), { name: 'x' }))).path).toBe('007')
  })

  it('names that are not UTF-8 are kept without loss', async () => {
    expect(only(await index(tar({ name: 'caf\udce9' }))).path).toBe('caf\udce9')
  })

  it('base-256 sizes', async () => {
    const found = await index(tar({ name: 'a', body: 'abcdef', base256: true }, { name: 'b' }))
    expect(found.members.map((m) => m.size)).toEqual([6, 0])
  })

  it('signed checksums of old writers', async () => {
    const found = await index(tar({ name: 'caf\udce9', checksum: 'signed' }))
    expect(found.defects).toEqual([])
    expect(found.members).toHaveLength(1)
  })

  it('unknown types are listed as other and their body is skipped', async () => {
    const found = await index(tar({ name: 'label', type: 'V' }, { name: 'q', type: 'Q', body: 'zzz' }, { name: 'b' }))
    expect(found.members.map((m) => [m.name, m.type])).toEqual([
      ['label', 'other'],
      ['q', 'other'],
      ['b', 'file'],
    ])
  })

  it('a blank mtime is undefined, not 1970', async () => {
    const found = await index(tar({ name: 'a', patch: (block) => block.fill(0, 136, 148) }))
    expect(only(found).mtime).toBeUndefined()
  })
})

describe('tar: sparse members', () => {
  const body = concat(new Uint8Array(512).fill(65), new Uint8Array(512).fill(66))
  const check = async (found: TarIndex) => {
    expect(found.defects).toEqual([])
    const [member] = found.members
    expect(member).toMatchObject({ name: 'holes', size: 4096, oddities: ['sparse'] })
    const content = await text(found)
    expect(content).toBe('\0'.repeat(1024) + 'A'.repeat(512) + '\0'.repeat(1024) + 'B'.repeat(512) + '\0'.repeat(1024))
    expect(found.members[1]?.name).toBe('next')
  }
  const map = [1024, 512, 3072 - 512, 512]

  it('old GNU format', async () => {
    const patch = (block: Uint8Array) => {
      map.forEach((value, i) => {
        base256(block, 386 + 12 * i, 12, value)
      })
      base256(block, 483, 12, 4096)
    }
    await check(await index(tar({ name: 'holes', type: 'S', magic: 'gnu', body, patch }, { name: 'next' })))
  })

  it('old GNU format with a further map block', async () => {
    const patch = (block: Uint8Array) => {
      base256(block, 386, 12, 1024)
      base256(block, 398, 12, 512)
      block[482] = 1
      base256(block, 483, 12, 4096)
    }
    const more = new Uint8Array(512)
    base256(more, 0, 12, 2560)
    base256(more, 12, 12, 512)
    await check(
      await index(
        tar(tarHeader({ name: 'holes', type: 'S', magic: 'gnu', size: 1024, patch }), more, body, { name: 'next' }),
      ),
    )
  })

  it('pax 0.0: repeated records', async () => {
    const records = [
      ['GNU.sparse.size', '4096'],
      ['GNU.sparse.numblocks', '2'],
      ['GNU.sparse.offset', '1024'],
      ['GNU.sparse.numbytes', '512'],
      ['GNU.sparse.offset', '2560'],
      ['GNU.sparse.numbytes', '512'],
    ] as const
    await check(await index(tar(pax(records), { name: 'holes', body }, { name: 'next' })))
  })

  it('pax 0.1: one map record and the real name', async () => {
    const records = [
      ['GNU.sparse.size', '4096'],
      ['GNU.sparse.map', map.join(',')],
      ['GNU.sparse.name', 'holes'],
    ] as const
    await check(await index(tar(pax(records), { name: 'GNUSparseFile.1/holes', body }, { name: 'next' })))
  })

  it('pax 1.0: the map stands in front of the body', async () => {
    const records = [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.name', 'holes'],
      ['GNU.sparse.realsize', '4096'],
    ] as const
    const packed = concat(padBlocks(toBytes(`2\n${map.join('\n')}\n`)), body)
    await check(await index(tar(pax(records), { name: 'GNUSparseFile.1/holes', body: packed }, { name: 'next' })))
  })

  it('a map that overlaps itself is refused, the member stays listed', async () => {
    const records = [
      ['GNU.sparse.size', '4096'],
      ['GNU.sparse.map', '0,512,256,512'],
    ] as const
    const found = await index(tar(pax(records), { name: 'holes', body }, { name: 'next' }))
    expect(codes(found)).toEqual(['tar-sparse-map'])
    expect(found.members.map((m) => m.name)).toEqual(['holes', 'next'])
    await expect(text(found)).rejects.toMatchObject({ code: 'bad-tar-header' })
  })
})

describe('tar: odd paths are marked, never followed', () => {
  it.each([
    ['../../etc/passwd', 'climbs'],
    ['a/../../b', 'climbs'],
    ['..', 'climbs'],
    ['/etc/passwd', 'absolute'],
  ])('%s: %s', async (name, oddity) => {
    const found = await index(tar({ name, body: 'x' }))
    expect(only(found).oddities).toEqual([oddity])
    expect(only(found).name).toBe(name)
    expect(codes(found)).toEqual([`tar-path-${oddity}`])
  })

  it('duplicates: the later one is marked, also when spelled differently', async () => {
    const found = await index(tar({ name: 'a', body: '1' }, { name: './a', body: '2' }))
    expect(found.members.map((m) => m.oddities)).toEqual([[], ['duplicate']])
    expect(await text(found, 1)).toBe('2')
  })
})

describe('tar: defects', () => {
  const two = concat(tarMember({ name: 'a', body: 'x'.repeat(600) }), tarMember({ name: 'b', body: 'y'.repeat(600) }))

  it('no end mark', async () => {
    expect(codes(await index(two))).toEqual(['tar-no-end'])
  })

  it('cut inside a body: the member is listed and what is there can be read', async () => {
    const found = await index(two.subarray(0, two.length - 700))
    expect(codes(found)).toEqual(['tar-truncated-body'])
    expect(found.defects[0]?.offset).toBe(two.length - 700)
    expect(found.members[1]).toMatchObject({ name: 'b', size: 324, recordedSize: 600, oddities: ['truncated'] })
    expect(await text(found, 1)).toBe('y'.repeat(324))
  })

  it('cut inside a header', async () => {
    const found = await index(two.subarray(0, 1536 + 100))
    expect(codes(found)).toEqual(['tar-truncated-header'])
    expect(found.members).toHaveLength(1)
  })

  it('cut inside an extended header', async () => {
    const found = await index(concat(two, gnuLong('L', 'z'.repeat(2000)).subarray(0, 1024)))
    expect(codes(found)).toEqual(['tar-truncated-body'])
    expect(found.members).toHaveLength(2)
  })

  it('a damaged byte in a header whose size still fits: kept and marked', async () => {
    const spoil = (block: Uint8Array) => (block[0] = 0x7a)
    const found = await index(tar({ name: 'a', spoil, body: 'x' }, { name: 'b' }))
    expect(codes(found)).toEqual(['tar-bad-checksum'])
    expect(found.members.map((m) => [m.name, m.oddities])).toEqual([
      ['z', ['bad-checksum']],
      ['b', []],
    ])
  })

  it('a header of rubbish: reading stops and says where', async () => {
    const found = await index(concat(two, new Uint8Array(512).fill(0x5a), two))
    expect(codes(found)).toEqual(['tar-bad-header'])
    expect(found.defects[0]?.offset).toBe(two.length)
    expect(found.members).toHaveLength(2)
  })

  it('a negative base-256 size is refused', async () => {
    const found = await index(tar({ name: 'a', patch: (block) => block.fill(0xff, 124, 136) }, { name: 'b' }))
    expect(codes(found)).toEqual(['tar-bad-size'])
    expect(found.members).toHaveLength(1)
  })

  it('a negative octal size is refused', async () => {
    const found = await index(
      tar({
        name: 'a',
        patch: (block) => {
          block.set(toBytes('-0000001000\0'), 124)
        },
      }),
    )
    expect(codes(found)).toEqual(['tar-bad-size'])
  })

  it('a size beyond 2^53 is refused', async () => {
    const found = await index(tar(pax([['size', '99999999999999999999']]), { name: 'a' }))
    expect(codes(found)).toEqual(['tar-bad-size'])
  })

  it('a malformed pax record is skipped, those before it count', async () => {
    const body = concat(toBytes('10 uid=42\n'), toBytes('99999 path=x\n'))
    const found = await index(tar(tarMember({ name: 'p', type: 'x', body }), { name: 'a' }))
    expect(codes(found)).toEqual(['tar-pax-record'])
    expect(only(found)).toMatchObject({ name: 'a', uid: 42 })
  })

  it('an oversized long name stops reading and names the limit', async () => {
    const found = await index(concat(two, tar(gnuLong('L', 'z'.repeat(70_000)), { name: 'a' })))
    expect(codes(found)).toEqual(['tar-limit'])
    expect(found.members).toHaveLength(2)
  })

  it('more members than the limit', async () => {
    const found = await indexTar(bytesSource(tar({ name: 'a' }, { name: 'b' }, { name: 'c' })), { maxMembers: 2 })
    expect(codes(found)).toEqual(['tar-limit'])
    expect(found.members).toHaveLength(2)
  })

  it('members behind the end mark are listed with a warning', async () => {
    const found = await index(concat(tar({ name: 'a' }), tar({ name: 'b' })))
    expect(codes(found)).toEqual(['tar-members-after-end'])
    expect(found.members.map((m) => m.name)).toEqual(['a', 'b'])
  })

  it('a lone zero block between members', async () => {
    const found = await index(concat(tarMember({ name: 'a' }), new Uint8Array(512), tar({ name: 'b' })))
    expect(codes(found)).toEqual(['tar-lone-zero-block'])
    expect(found.members).toHaveLength(2)
  })

  it('other data behind the end mark', async () => {
    const found = await index(concat(tar({ name: 'a' }), toBytes('signature')))
    expect(codes(found)).toEqual(['tar-trailing-data'])
  })

  it('a link with a body all the same', async () => {
    const found = await index(concat(tarMember({ name: 'h', type: '1', link: 'a', body: 'data!' }), tar({ name: 'b' })))
    expect(codes(found)).toEqual(['tar-unexpected-body'])
    expect(found.members.map((m) => m.name)).toEqual(['h', 'b'])
  })

  it('a directory that claims a size without having a body', async () => {
    const found = await index(tar({ name: 'd/', type: '5', size: 4096 }, { name: 'b' }))
    expect(found.members.map((m) => m.name)).toEqual(['d', 'b'])
    expect(found.defects).toEqual([])
  })
})

describe('tar: how much is read', () => {
  it('300 small members cost few reads', async () => {
    const members = Array.from({ length: 300 }, (_, i) => ({
      name: `checkpoint/core-${i}.img`,
      body: new Uint8Array(2000),
    }))
    const counting = countingSource(bytesSource(tar(...members)))
    const source = new CachedSource(counting)
    const found = await indexTar(source)
    expect(found.members).toHaveLength(300)
    for (const member of found.members) await found.open(member).read(0, member.size)
    expect(counting.reads).toBeLessThanOrEqual(4)
    expect(counting.bytes).toBe(counting.size)
  })

  it.each([4, 40, 40_000])('%i GB in 300 members: bodies are skipped', async (gigabytes) => {
    const source = countingSource(virtualTar(300, gigabytes * 1e9))
    const found = await indexTar(new CachedSource(source))
    expect(found.members).toHaveLength(300)
    expect(found.defects).toEqual([])
    expect(found.members.at(-1)?.headerOffset).toBeGreaterThan(gigabytes * 0.9e9)
    expect(source.reads).toBeLessThanOrEqual(20)
    expect(source.bytes / source.size).toBeLessThan(0.0025)
  })
})

/** A tar of `count` members: eight large ones share `total` bytes of zeros, the rest are small images. */
function virtualTar(count: number, total: number): ByteSource {
  const large = Math.floor(total / 8 / 512) * 512
  const headers = new Map<number, Uint8Array>()
  let at = 0
  for (let i = 0; i < count; i++) {
    const isLarge = i % Math.floor(count / 8) === 0 && i / Math.floor(count / 8) < 8
    const size = isLarge ? large : 1024
    headers.set(at, tarHeader({ name: `checkpoint/m-${i}.img`, size, base256: isLarge }))
    at += 512 + size
  }
  const starts = [...headers.keys()]
  return {
    size: at + 1024,
    read(offset, length) {
      const out = new Uint8Array(length)
      for (const start of starts) {
        const block = headers.get(start)
        if (!block || start + 512 <= offset || start >= offset + length) continue
        const from = Math.max(start, offset)
        const to = Math.min(start + 512, offset + length)
        out.set(block.subarray(from - start, to - start), from - offset)
      }
      return Promise.resolve(out)
    },
  }
}
