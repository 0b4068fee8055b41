/**
 * OCI image layouts (image-spec, image-layout.md): `oci-layout`, `index.json` and `blobs/ALGORITHM/HEX`. A checkpoint
 * comes in one of two ways: as a layer of an image (Podman, CRI-O, containerd push checkpoints so), or as the
 * descriptors of an index that `ctr checkpoint` writes (containerd core/images/mediatypes.go). Digests are names
 * here, nothing is fetched.
 */
import { OpenError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { EXPECTED } from './contained.ts'
import type { OpenContext, OpenResult } from './contained.ts'
import { isCtrDescriptor, openCtr } from './ctr-image.ts'
import { openLayers } from './layers.ts'
import type { Layer } from './layers.ts'
import type { Member } from './member.ts'
import { makeLookup, readJson } from './tree.ts'
import type { Tree } from './tree.ts'

/** A pointer to a blob, as far as it is of use here. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  /** Bytes of what it points to; undefined when it does not say. */
  readonly size: number | undefined
  readonly annotations: Readonly<Record<string, string>>
}

type Annotation = OpenContext['annotations'][number]

/** An index or manifest with what it points to. */
interface Manifest {
  readonly descriptors: readonly Descriptor[]
  readonly isIndex: boolean
  /** Of the index above and of this one, in this order. */
  readonly annotations: readonly Annotation[]
}

/** Most indexes and manifests read. */
const MAX_MANIFESTS = 256
/** Most descriptors of one of them, and annotations of one object. */
const MAX_ITEMS = 10_000

/** The checkpoints of an OCI layout; undefined when the tree is none. */
export async function openOci(tree: Tree, context: OpenContext): Promise<AsyncGenerator<OpenResult> | undefined> {
  const marker = tree.members.find((member) => member.type === 'file' && /(^|\/)oci-layout$/.test(member.name))
  const root = marker?.name.slice(0, -'oci-layout'.length)
  const lookup = makeLookup(tree)
  const index = root === undefined ? undefined : lookup(`${root}index.json`)
  if (!index || root === undefined) return undefined
  const find = (digest: string) => (isDigest(digest) ? lookup(`${root}${pathOf(digest)}`) : undefined)
  const manifests = await readManifests(tree, index, find, context.options.signal)
  return openManifests(tree, manifests, find, { ...context, shape: 'oci-layout', depth: context.depth + 1 })
}

/** Where a layout keeps what has that digest. */
function pathOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

function isDigest(digest: string): boolean {
  return /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-zA-Z=_-]{16,256}$/.test(digest)
}

type Find = (digest: string) => Member | undefined

/** Walks from index.json through nested indexes to the manifests. */
async function readManifests(tree: Tree, index: Member, find: Find, signal?: AbortSignal): Promise<Manifest[]> {
  const manifests: Manifest[] = []
  const seen = new Set([index])
  const queue = [{ member: index, above: [] as readonly Annotation[], depth: 0 }]
  for (let next = queue.shift(); next && manifests.length < MAX_MANIFESTS; next = queue.shift()) {
    const manifest = toManifest(await readJson(tree, next.member, signal), next.above, next.member.name)
    if (!manifest) continue
    manifests.push(manifest)
    if (!manifest.isIndex || next.depth >= limits.nesting) continue
    for (const descriptor of manifest.descriptors) {
      const member = /index|manifest/.test(descriptor.mediaType) ? find(descriptor.digest) : undefined
      if (!member || seen.has(member) || queue.length >= MAX_MANIFESTS) continue
      seen.add(member)
      const above = [...manifest.annotations, ...toAnnotations(descriptor.annotations, next.member.name)]
      queue.push({ member, above, depth: next.depth + 1 })
    }
  }
  return manifests
}

function toManifest(json: unknown, above: readonly Annotation[], from: string): Manifest | undefined {
  const value = asRecord(json)
  if (!value) return undefined
  const isIndex = Array.isArray(value['manifests'])
  const list: unknown = isIndex ? value['manifests'] : value['layers']
  if (!Array.isArray(list)) return undefined
  const descriptors = list.slice(0, MAX_ITEMS).flatMap((item: unknown) => toDescriptor(item) ?? [])
  return { descriptors, isIndex, annotations: [...above, ...toAnnotations(value['annotations'], from)] }
}

function toDescriptor(item: unknown): Descriptor | undefined {
  const value = asRecord(item)
  const digest = value?.['digest']
  const mediaType = value?.['mediaType']
  if (typeof digest !== 'string') return undefined
  const annotations = Object.fromEntries(
    toAnnotations(value?.['annotations'], '').map(({ key, value }) => [key, value]),
  )
  const size = value?.['size']
  return {
    digest,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    annotations,
  }
}

function toAnnotations(json: unknown, from: string): Annotation[] {
  return Object.entries(asRecord(json) ?? {})
    .slice(0, MAX_ITEMS)
    .flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value, from }] : []))
}

function asRecord(json: unknown): Record<string, unknown> | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : undefined
}

async function* openManifests(
  tree: Tree,
  manifests: readonly Manifest[],
  find: Find,
  context: OpenContext,
): AsyncGenerator<OpenResult> {
  let count = 0
  let missing = 0
  for (const { descriptors, isIndex, annotations } of manifests) {
    const inner = { ...context, annotations }
    if (isIndex && !descriptors.some(isCtrDescriptor)) continue
    const layers = (): Layer[] =>
      descriptors.flatMap(({ digest, mediaType }) => {
        const member = find(digest)
        if (!member) missing += 1
        return member ? [{ member, mediaType, name: digest }] : []
      })
    const parts = () =>
      descriptors
        .filter(({ digest }) => isDigest(digest))
        .map(({ digest, mediaType, size }) => ({ mediaType, size, path: pathOf(digest), member: find(digest) }))
    for await (const result of isIndex ? openCtr(tree, parts(), inner) : openLayers(tree, layers(), inner)) {
      count += 1
      yield result
    }
  }
  if (count > 0) return
  const lost = missing > 0 ? `; ${missing} of its layers are not in the layout` : ''
  const text = `This is an OCI image layout (indexes and manifests: ${manifests.length}) whose layers hold no checkpoint: an ordinary container image${lost}.`
  throw new OpenError('not-a-checkpoint', text, EXPECTED)
}
