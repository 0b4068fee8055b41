/** The image in the hands of the tools that it is made for: skopeo, buildah and Podman, where they are installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAnalysis } from '../../builders/search.ts'
import { corpusCases, corpusFolder, fileUnderFalseName } from '../../builders/sources.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/checkpoints')
const folder = corpusFolder()
const has = (tool: string) => spawnSync(tool, ['--version']).status === 0
const isRoot = process.getuid?.() === 0
if (!has('skopeo')) console.warn('No skopeo: what it reads in the image is not tested.')
if (!has('buildah') || !isRoot) console.warn('No buildah, or not root: what it unpacks is not tested.')
if (!has('podman') || !isRoot) console.warn('No podman, or not root: what it loads is not tested.')

const cases = [
  { name: 'containerd', path: join(fixtures, 'containerd/2.2.1/counters.tar') },
  { name: 'Podman, gzip', path: join(fixtures, 'podman/5.4.2/counters.tar.gz') },
  ...(folder === undefined ? [] : corpusCases(folder))
    .filter(({ name }) => ['counters-crio', 'oddnames', 'intrusion'].includes(name))
    .map(({ name, archive }) => ({ name, path: archive })),
]

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'image-'))
})
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

interface Built {
  readonly file: string
  readonly annotations: Readonly<Record<string, string>>
  readonly layerDigest: string
}

async function build(path: string): Promise<Built> {
  const { analysis, checkpoint } = await openAnalysis(await fileUnderFalseName(path))
  const options = { target: 'Podman', reference: 'registry.example/team/counter:v1' } as const
  const built = await analysis.imageBlob(2, checkpoint.id, options, () => undefined)
  if (!built) throw new Error('cancelled')
  const file = join(work, `${createHash('sha1').update(path).digest('hex')}.tar`)
  writeFileSync(file, new Uint8Array(await built.blob.arrayBuffer()))
  const { annotations, layerDigest } = built.image
  return { file, annotations: Object.fromEntries(annotations.map(({ key, value }) => [key, value])), layerDigest }
}

/** Kinds, names and digests of everything below a folder, by tools that do not mind any byte in a name. */
function contents(root: string): string {
  const script =
    'export LC_ALL=C; find . -mindepth 1 -printf "%y %P\\n" | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum'
  return execFileSync('sh', ['-c', script], { cwd: root, encoding: 'latin1' })
}

describe.each(cases)('$name', ({ path }) => {
  test.runIf(has('skopeo'))('skopeo reads annotations, architecture and the layer', async () => {
    const { file, annotations, layerDigest } = await build(path)
    const run = (...args: string[]): unknown => JSON.parse(execFileSync('skopeo', args, { encoding: 'utf8' }))
    const manifest = run('inspect', '--raw', `oci-archive:${file}`)
    expect(manifest).toMatchObject({ annotations, layers: [{ digest: layerDigest }] })
    expect(run('inspect', `oci-archive:${file}`)).toMatchObject({
      Architecture: 'amd64',
      Os: 'linux',
      Layers: [layerDigest],
    })
    execFileSync('skopeo', ['copy', '--quiet', `oci-archive:${file}`, `dir:${file}.dir`])
    const copied = readFileSync(join(`${file}.dir`, layerDigest.slice(7)))
    expect(createHash('sha256').update(copied).digest('hex')).toBe(layerDigest.slice(7))
  })

  test.runIf(has('buildah') && isRoot)('buildah unpacks exactly the members of the archive', async () => {
    const { file } = await build(path)
    const storage = ['--root', join(work, 'root'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs']
    const run = (...args: string[]) => execFileSync('buildah', [...storage, ...args], { encoding: 'utf8' }).trim()
    const image = run('pull', '--quiet', `oci-archive:${file}`)
    const container = run('from', '--quiet', image)
    const mounted = run('mount', container)
    const plain = `${file}.plain`
    mkdirSync(plain)
    execFileSync('tar', ['-xf', path, '-C', plain])
    expect(contents(mounted)).toEqual(contents(plain))
    run('rm', container)
    run('rmi', image)
  })
  test.runIf(has('podman') && isRoot)(
    'podman loads it under its name, with the annotations that it reads',
    async () => {
      const { file, annotations } = await build(path)
      const storage = ['--root', join(work, 'proot'), '--runroot', join(work, 'prun'), '--storage-driver', 'vfs']
      const run = (...args: string[]) =>
        execFileSync('podman', [...storage, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
      const name = 'registry.example/team/counter:v1'
      expect(run('load', `--input=${file}`)).toContain(name)
      expect(JSON.parse(run('image', 'inspect', '--format={{json .Annotations}}', name))).toEqual(annotations)
      const plain = `${file}.podman`
      mkdirSync(plain)
      execFileSync('tar', ['-xf', path, '-C', plain])
      expect(contents(run('image', 'mount', name))).toEqual(contents(plain))
      run('image', 'unmount', name)
      run('rmi', '--force', name)
    },
  )
})
