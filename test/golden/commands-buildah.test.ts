/**
 * The commands that build an image, run by a real shell with a real buildah on real archives: the image has the annotations,
 * and its layer the members. Needs buildah and root (Debian: apt-get install buildah).
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeCommands } from '../../src/commands/commands.ts'
import { knownOf } from '../../src/commands/known.ts'
import { lineText } from '../../src/commands/shell.ts'
import { corpusRoot } from '../builders/corpus.ts'
import { readArchive } from '../builders/read-archive.ts'
import { openAnalysis } from '../builders/search.ts'
import { fileUnderFalseName } from '../builders/sources.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/checkpoints')
const CASES = ['containerd/2.2.1/counters.tar', 'cri-o/1.34.0/counters.tar', 'podman/5.4.2/counters.tar.zst'].map(
  (path) => join(FIXTURES, path),
)
if (corpusRoot === undefined) console.log('left out: archives of the corpus, which is not there')
else CASES.push(join(corpusRoot, 'oddnames/checkpoint.tar.gz'))

const hasBuildah = spawnSync('buildah', ['--version']).status === 0
const isRoot = process.getuid?.() === 0
if (!hasBuildah || !isRoot)
  console.log(`left out: real builds, ${hasBuildah ? 'not root' : 'buildah is not installed'}`)

const folder = mkdtempSync(join(tmpdir(), 'cryoscope-buildah-'))
const storage = join(folder, 'storage.conf')
writeFileSync(storage, `[storage]\ndriver = "vfs"\nrunroot = "${folder}/run"\ngraphroot = "${folder}/graph"\n`)
const env = { ...process.env, CONTAINERS_STORAGE_CONF: storage, BUILDAH_ISOLATION: 'chroot' }

afterAll(() => {
  spawnSync('buildah', ['rm', '--all'], { env })
  spawnSync('buildah', ['rmi', '--all', '--force'], { env })
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the steps that build and look at what was built, and copies the image to an OCI layout. */
function build(archive: string, name: string, commands: ReturnType<typeof makeCommands>): string {
  const work = mkdtempSync(join(folder, 'work-'))
  copyFileSync(archive, join(work, name))
  const lines = commands.steps.flatMap(({ id, lines: own }) => (id === 'build' || id === 'check' ? own : []))
  const input = `set -eu\n${lines.map((line) => `${lineText(line)}\n`).join('')}`
  const built = spawnSync('dash', ['-s'], { input: Buffer.from(input), cwd: work, env })
  expect(built.status, built.stderr.toString()).toBe(0)
  expect(built.stdout.toString(), 'the annotations are shown').toMatch(/map\[.*checkpoint/)
  expect(readdirSync(work)).toEqual([name])
  const layout = join(work, 'layout')
  const pushed = spawnSync('buildah', ['push', 'registry.example/c:1', `oci:${layout}:c`], { env })
  expect(pushed.status, pushed.stderr.toString()).toBe(0)
  return layout
}

interface Manifest {
  readonly mediaType: string
  readonly annotations: Readonly<Record<string, string>>
  readonly layers: readonly { readonly digest: string }[]
}

/** The image's manifest, and the regular files of its one layer: path and bytes in hex. */
function readLayout(layout: string): { manifest: Manifest; files: Map<string, string> } {
  const blob = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'))
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] }
  const manifest = JSON.parse(readFileSync(blob(index.manifests[0]?.digest ?? ''), 'utf8')) as Manifest
  expect(manifest.layers).toHaveLength(1)
  return { manifest, files: filesOf(blob(manifest.layers[0]?.digest ?? '')) }
}

function filesOf(archive: string): Map<string, string> {
  return new Map(readArchive(archive).map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex')]))
}

test.runIf(hasBuildah && isRoot).each(CASES)('a real image of %s', { timeout: 120_000 }, async (archive) => {
  const { checkpoint } = await openAnalysis(await fileUnderFalseName(archive))
  const known = knownOf(checkpoint)
  for (const [engine, file] of [
    ['CRI-O', 'checkpoint.tar'],
    ['Podman', `it's a [1] $(touch pwned)*\u202e.tar`],
  ] as const) {
    const commands = makeCommands('build', { engine, archive: file, image: 'registry.example/c:1' }, known)
    const { manifest, files } = readLayout(build(archive, file, commands))
    expect(manifest.mediaType).toBe('application/vnd.oci.image.manifest.v1+json')
    const runtime = 'io.podman.annotations.checkpoint.runtime.name'
    const wanted = known.annotations[engine].filter(({ key }) => key !== runtime)
    expect(wanted.length).toBeGreaterThan(5)
    expect(manifest.annotations).toMatchObject(Object.fromEntries(wanted.map(({ key, value }) => [key, value])))
    if (engine === 'Podman') expect(manifest.annotations[runtime]).toMatch(/^(?:runc|crun)$/)
    expect(files).toEqual(filesOf(archive))
  }
})
