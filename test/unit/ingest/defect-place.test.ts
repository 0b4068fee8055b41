import { expect, test } from 'vitest'
import { indexTar } from '../../../src/archive/tar-index.ts'
import { defectPlaces } from '../../../src/ingest/defect-place.ts'
import { tar } from '../../builders/tar.ts'
import { bytesSource } from '../../../src/archive/byte-sources.ts'

const archive = tar({ name: 'a', body: 'x'.repeat(700) }, { name: 'b', body: 'y'.repeat(700) })

async function placesOf(bytes: Uint8Array) {
  const { members, defects } = await indexTar(bytesSource(bytes))
  const placeOf = defectPlaces(members)
  return defects.map((defect) => ({ code: defect.code, ...placeOf(defect) }))
}

test('a cut archive leads to the member that it breaks off in, and to the byte of it', async () => {
  expect(await placesOf(archive.slice(0, 2348))).toEqual([
    {
      code: 'tar-truncated-body',
      archiveOffset: 2348,
      subject: { kind: 'member', index: 1 },
      origin: { member: 1, offset: 300, length: 0 },
    },
  ])
})

test('a damaged header leads to its member, and to the byte of the archive', async () => {
  const bytes = archive.slice()
  bytes[1536 + 100] = 0x39
  expect(await placesOf(bytes)).toEqual([
    { code: 'tar-bad-checksum', archiveOffset: 1536, subject: { kind: 'member', index: 1 } },
  ])
})

test('what stands behind the members belongs to none of them', async () => {
  const places = await placesOf(archive.slice(0, 3072))
  expect(places).toEqual([{ code: 'tar-no-end', archiveOffset: 3072 }])
})

test('a defect without offset has no place', () => {
  expect(defectPlaces([])({ severity: 'info', code: 'x', message: 'x', offset: undefined })).toEqual({})
})
