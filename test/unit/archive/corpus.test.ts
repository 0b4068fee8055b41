import { describe, expect, it } from 'vitest'
import { corpusCases, corpusFolder, fileUnderFalseName, openOne } from '../../builders/sources.ts'
import type { Member } from '../../../src/archive/member.ts'

const folder = corpusFolder()
if (folder === undefined) console.log('No corpus beside the checkout: its archives are left out.')

/** A member as `tar -tv` prints it, without owner and time. */
function listed(member: Member): string {
  const type = member.type === 'directory' ? 'd' : member.type === 'symlink' ? 'l' : '-'
  const link = member.type === 'symlink' ? ` -> ${member.linkTarget ?? ''}` : ''
  return `${type} ${member.size} ${member.path}${link}`
}

function oracleLines(list: string): string[] {
  return list
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = /^(.)\S+ +\S+ +(\d+) \S+ \S+ (.*)$/.exec(line)
      return `${match?.[1] ?? '?'} ${match?.[2] ?? '?'} ${match?.[3] ?? '?'}`
    })
}

describe.skipIf(folder === undefined)('corpus', () => {
  it.each(folder === undefined ? [] : corpusCases(folder))(
    '$name: paths and sizes as GNU tar lists them',
    async ({ archive, list }) => {
      const opened = await openOne([await fileUnderFalseName(archive)])
      expect(opened.members.map(listed)).toEqual(oracleLines(list))
      expect(opened.defects).toEqual([])
      expect(opened.shape).toBe('tar')
      const expected = archive.endsWith('.gz') ? 'gzip' : archive.endsWith('.zst') ? 'zstd' : 'none'
      expect(opened.compression).toBe(expected)
      await opened.close()
    },
  )
})
