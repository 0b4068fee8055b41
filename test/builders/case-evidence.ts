/** The corpus of real checkpoints, when it is there: members of a case, its ground truth, and what peers print. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decompress } from 'fzstd'
import { decodeText } from '../../src/base/text.ts'
import { testEvidence, type TestEvidence, type TestFile } from './evidence.ts'

const root = process.env['CRYOSCOPE_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus')

export const corpusIsThere = existsSync(join(root, 'README.md'))
if (!corpusIsThere) console.log(`corpus not found at ${root}: tests over real checkpoints are left out`)

/** Names of all cases. */
export const corpusCases: readonly string[] = corpusIsThere
  ? readdirSync(root).filter((name) => existsSync(join(root, name, 'case.json')))
  : []

export function readCase(name: string, file: string): string {
  return readFileSync(join(root, name, file), 'utf8')
}

export function hasCaseFile(name: string, file: string): boolean {
  return existsSync(join(root, name, file))
}

function inflate(bytes: Buffer): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes)
  if (bytes.readUInt32LE(0) === 0xfd2fb528) return decompress(bytes)
  return bytes
}

function field(tar: Uint8Array, at: number, length: number): Uint8Array {
  const bytes = tar.subarray(at, at + length)
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** Enough of a tar reader for the engines' own archives: no long names occur under checkpoint/. */
function untar(tar: Uint8Array): TestFile[] {
  const files: TestFile[] = []
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(decodeText(field(tar, at + 124, 12)).trim() || '0', 8)
    const type = String.fromCharCode(tar[at + 156] ?? 0)
    const path = decodeText(field(tar, at, 100)).replace(/^\.\//, '')
    if (type === '0' || type === '\0') files.push({ path, bytes: tar.subarray(at + 512, at + 512 + size) })
    if (type === '2') files.push({ path, linkTarget: decodeText(field(tar, at + 157, 100)) })
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

/** A fresh Evidence over a case's archive. */
export function corpusEvidence(name: string): TestEvidence {
  const archive = readdirSync(join(root, name)).find((file) => file.startsWith('checkpoint'))
  if (archive === undefined) throw new Error(`no archive in ${name}`)
  return testEvidence(untar(inflate(readFileSync(join(root, name, archive)))))
}
