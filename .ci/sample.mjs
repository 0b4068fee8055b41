/**
 * Makes the sample that the empty page offers, src/app/sample.tar.zst, from a real checkpoint: `node .ci/sample.mjs
 * ARCHIVE.tar.gz`, with `zstd` on the PATH. Every byte stays as the engine wrote it, but for two:
 *
 * - Of the two copies of a statically linked program (a deleted file and one that lived in memory only) the first page
 *   stays, and so does every page with a text of its own; the rest is the C library, whose licence asks for more than a
 *   page can give along, and is filled with zeros.
 * - One more member, README.txt, says so.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { root } from './steps.mjs'
import { tarOf } from './tar.mjs'

const BLOCK = 512
const PAGE = 4096
const PROGRAMS = ['checkpoint/ghost-file-1.img', 'checkpoint/pages-4.img']
const ELF = Buffer.from('\x7fELF', 'latin1')
/** What its author gave his program to be recognised by. */
const OWN = 'MOCK-'

const README = `A checkpoint made by Podman 5.4.2, crun 1.21 and CRIU 4.2, of a compromise that was played for this purpose: the
attacker, his programs and his addresses are made up, and nothing in it does harm.

It is as the engine wrote it, with two exceptions. This file was added. And in checkpoint/ghost-file-1.img and
checkpoint/pages-4.img, which are two copies of one statically linked program, the pages of the C library were filled with
zeros; the first page and those with the program's own texts are untouched.

The memory of the first process holds code of Python 3.13, Copyright (c) 2001 Python Software Foundation, under the
PSF License Agreement (https://docs.python.org/3.13/license.html).
`

/** Members with their bytes in place. @param {Buffer} tar ustar without long names @returns {{ name: string, body: Buffer }[]} */
function membersOf(tar) {
  const found = []
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const name = tar.toString('utf8', at, tar.indexOf(0, at))
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8)
    found.push({ name, body: tar.subarray(at + BLOCK, at + BLOCK + size) })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return found
}

/** @param {Buffer} program what an image holds, from the program's first byte */
function blank(program) {
  for (let at = PAGE; at < program.length; at += PAGE) {
    const page = program.subarray(at, at + PAGE)
    if (!page.includes(OWN)) page.fill(0)
  }
}

/** The sample as a plain tar. @param {Buffer} packed the archive, in gzip */
export function sampleOf(packed) {
  const tar = gunzipSync(packed)
  const members = membersOf(tar)
  for (const path of PROGRAMS) {
    const body = members.find(({ name }) => name === path)?.body
    const start = body?.indexOf(ELF) ?? -1
    if (!body || start < 0) throw new Error(`${path} is not as expected`)
    blank(body.subarray(start))
  }
  const last = members.at(-1)?.body
  if (!last) throw new Error('the archive is empty')
  const end = last.byteOffset - tar.byteOffset + Math.ceil(last.length / BLOCK) * BLOCK
  return Buffer.concat([tar.subarray(0, end), tarOf(new Map([['README.txt', Buffer.from(README)]]))])
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , archive] = process.argv
  if (archive === undefined) throw new Error('Usage: node .ci/sample.mjs ARCHIVE.tar.gz')
  const input = sampleOf(readFileSync(archive))
  // With the size known the window is no larger than the archive.
  const how = ['--ultra', '-22', `--stream-size=${input.length}`, '--quiet', '--stdout']
  const { status, stdout, stderr } = spawnSync('zstd', how, { input, maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new Error(stderr.toString())
  writeFileSync(join(root, 'src/app/sample.tar.zst'), stdout)
  console.log(`src/app/sample.tar.zst: ${stdout.length} bytes`)
}
