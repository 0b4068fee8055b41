import { describe, expect, test } from 'vitest'
import { classify, metadataDirs } from '../../../src/ingest/classify.ts'
import { archiveOf, type Entry } from '../../builders/small-evidence.ts'

function kinds(entries: Readonly<Record<string, Entry>>) {
  const { members, imageDir } = classify(archiveOf(entries))
  return { imageDir, kinds: Object.fromEntries(members.map((member) => [member.path, member.kind])), members }
}

describe('classify', () => {
  test('members of a checkpoint archive, with ./ before their names', () => {
    const { kinds: found, imageDir } = kinds({
      './checkpoint/': { type: 'directory' },
      './checkpoint/inventory.img': 'x',
      './checkpoint/pages-1.img': 'x',
      './checkpoint/tmpfs-dev-99.tar.gz.img': 'x',
      './checkpoint/descriptors.json': '[]',
      './checkpoint/mystery.img': 'x',
      './config.dump': '{}',
      './stats-dump': 'x',
      './dump.log': '',
      './rootfs-diff.tar': '',
      './volumes/web.tar': '',
      './notes.txt': '',
    })
    expect(imageDir).toBe('checkpoint/')
    expect(found).toEqual({
      './checkpoint/': 'directory',
      './checkpoint/inventory.img': 'criu-image',
      './checkpoint/pages-1.img': 'pages',
      './checkpoint/tmpfs-dev-99.tar.gz.img': 'raw-image',
      './checkpoint/descriptors.json': 'metadata',
      './checkpoint/mystery.img': 'criu-image',
      './config.dump': 'metadata',
      './stats-dump': 'criu-image',
      './dump.log': 'log',
      './rootfs-diff.tar': 'rootfs-diff',
      './volumes/web.tar': 'volume',
      './notes.txt': 'unknown',
    })
  })

  test('a bare folder of images, as runc and Docker leave it', () => {
    const { imageDir, kinds: found } = kinds({
      'inventory.img': 'x',
      'core-1.img': 'x',
      'config.json': '{}',
      'criu.log': '',
    })
    expect(imageDir).toBe('')
    expect(found).toEqual({
      'inventory.img': 'criu-image',
      'core-1.img': 'criu-image',
      'config.json': 'metadata',
      'criu.log': 'log',
    })
  })

  test('a dropped folder: the engine’s files stand beside the image folder', () => {
    const { imageDir, kinds: found } = kinds({ 'case/checkpoint/pstree.img': 'x', 'case/config.dump': '{}' })
    expect(imageDir).toBe('case/checkpoint/')
    expect(found['case/config.dump']).toBe('metadata')
    expect(metadataDirs(imageDir)).toEqual(['', 'case/', 'case/checkpoint/'])
  })

  test('checkpoint/ wins over pre-checkpoint/ and over a decoy with more images', () => {
    const { imageDir, members } = kinds({
      'pre-checkpoint/inventory.img': 'x',
      'pre-checkpoint/pstree.img': 'x',
      'decoy/inventory.img': 'x',
      'decoy/pstree.img': 'x',
      'checkpoint/inventory.img': 'x',
      'checkpoint/parent': { type: 'symlink', linkTarget: '../pre-checkpoint' },
    })
    expect(imageDir).toBe('checkpoint/')
    expect(members[0]?.description).toContain('outside the folder')
    expect(members.at(-1)).toMatchObject({
      kind: 'link',
      description: expect.stringContaining('earlier checkpoint') as string,
    })
  })

  test('climbing and absolute names are listed and match nothing', () => {
    const { imageDir, kinds: found } = kinds({
      '../checkpoint/inventory.img': 'x',
      '/inventory.img': 'x',
      '/config.dump': '{}',
      'checkpoint/../config.dump': '{}',
    })
    expect(imageDir).toBe('')
    expect(new Set(Object.values(found))).toEqual(new Set(['unknown']))
  })

  test('names of object properties are plain names', () => {
    const { kinds: found } = kinds({ constructor: 'x', toString: 'x', 'checkpoint/inventory.img': 'x' })
    expect(Object.values(found)).toEqual(['unknown', 'unknown', 'criu-image'])
  })

  test('links, devices and fifos are never files', () => {
    const { kinds: found } = kinds({
      'config.dump': { type: 'symlink', linkTarget: '/etc/passwd' },
      'spec.dump': { type: 'fifo' },
      'dump.log': { type: 'char-device', device: { major: 1, minor: 3 } },
    })
    expect(found).toEqual({ 'config.dump': 'link', 'spec.dump': 'special', 'dump.log': 'special' })
  })
})
