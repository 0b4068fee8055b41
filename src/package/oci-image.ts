/**
 * A checkpoint as an OCI image: an image layout in a tar (image-spec: image-layout.md, manifest.md, config.md), which
 * `skopeo copy oci-archive:`, `buildah pull oci-archive:`, `podman load` and `ctr images import` take.
 *
 *   oci-layout | blobs/sha256/LAYER | blobs/sha256/CONFIG | blobs/sha256/MANIFEST | index.json
 *
 * The layer stands in the tar under its own digest, so its bytes are read twice: once to be hashed, once to be written.
 * It is not compressed: its digest is then the diff id as well, and whoever has the archive can check it. Equal archives
 * and options give equal bytes.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { FormatError } from '../base/errors.ts'
import type { Layer } from './layer.ts'
import { BLOCK, joinBytes, padding, tarHeader } from '../archive/tar-writer.ts'

export interface ImageFacts {
  /** GOARCH name; undefined when it is not known. */
  readonly architecture: string | undefined
  /** RFC 3339; undefined when it is not known. */
  readonly created: string | undefined
  readonly annotations: readonly { readonly key: string; readonly value: string }[]
  /** Name that tools give the image when they load it, such as `registry.example/team/name:tag`. */
  readonly reference: string | undefined
}

export interface OciImage {
  /** Bytes of the layout tar. */
  readonly size: number
  /** `sha256:…` of the layer (which is also its diff id), the configuration and the manifest. */
  readonly layerDigest: string
  readonly configDigest: string
  readonly manifestDigest: string
  /** The tar's bytes in order. */
  readonly pieces: (signal?: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
}

const TYPE = 'application/vnd.oci.image.'
/** What `org.opencontainers.image.ref.name` may hold (image-spec, annotations.md). */
const REFERENCE = /^[A-Za-z0-9]+(?:[-._:@/+]+[A-Za-z0-9]+)*$/
const MAX_REFERENCE = 512
const encoder = new TextEncoder()

/** Hashes the layer and plans the image. Throws FormatError for a reference that no tool would take. */
export async function planImage(
  layer: Layer,
  facts: ImageFacts,
  onHashed: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<OciImage> {
  const { reference } = facts
  if (reference !== undefined && (reference.length > MAX_REFERENCE || !REFERENCE.test(reference)))
    throw new FormatError(
      'unsupported',
      'This is no name for an image: letters, digits and - . _ : @ / + between them.',
    )
  const layerDigest = await hashLayer(layer, onHashed, signal)
  const seconds = secondsOf(facts.created)
  const config = blob(`${TYPE}config.v1+json`, configOf(layerDigest, facts))
  const layerPointer = { mediaType: `${TYPE}layer.v1.tar`, digest: layerDigest, size: layer.size }
  const annotations = Object.fromEntries(facts.annotations.map(({ key, value }) => [key, value]))
  const manifest = blob(`${TYPE}manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}manifest.v1+json`,
    config: config.pointer,
    layers: [layerPointer],
    annotations,
  })
  const index = json({
    schemaVersion: 2,
    mediaType: `${TYPE}index.v1+json`,
    manifests: [{ ...manifest.pointer, annotations: { ...annotations, ...naming(reference) } }],
    annotations,
  })
  const head = joinBytes([
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' }), seconds),
    header('blobs/', 0, seconds, '5'),
    header('blobs/sha256/', 0, seconds, '5'),
    header(blobPath(layerDigest), layer.size, seconds),
  ])
  const tail = joinBytes([
    new Uint8Array(padding(layer.size)),
    file(blobPath(config.pointer.digest), config.bytes, seconds),
    file(blobPath(manifest.pointer.digest), manifest.bytes, seconds),
    file('index.json', index, seconds),
    new Uint8Array(2 * BLOCK),
  ])
  async function* pieces(stop?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    yield head
    for await (const piece of layer.pieces(stop)) yield piece.slice()
    yield tail
  }
  return {
    size: head.length + layer.size + tail.length,
    layerDigest,
    configDigest: config.pointer.digest,
    manifestDigest: manifest.pointer.digest,
    pieces,
  }
}

async function hashLayer(layer: Layer, onHashed: (bytes: number) => void, signal?: AbortSignal): Promise<string> {
  const hash = sha256.create()
  let done = 0
  for await (const piece of layer.pieces(signal)) {
    signal?.throwIfAborted()
    hash.update(piece)
    done += piece.length
    onHashed(done)
  }
  return `sha256:${hex(hash.digest())}`
}

function configOf(diffId: string, { architecture, created }: ImageFacts): object {
  const when = created === undefined ? {} : { created }
  return {
    ...when,
    architecture: architecture ?? 'unknown',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ ...when, created_by: 'Cryoscope: the checkpoint archive as the only layer' }],
  }
}

/** Names for Podman, skopeo and buildah, and for containerd. */
function naming(reference: string | undefined): Record<string, string> {
  if (reference === undefined) return {}
  return { 'org.opencontainers.image.ref.name': reference, 'io.containerd.image.name': reference }
}

/** Seconds since the epoch of a time in RFC 3339; 0 when there is none that a tar can hold. */
function secondsOf(time: string | undefined): number {
  const value = time === undefined ? NaN : Date.parse(time)
  return value > 0 ? Math.floor(value / 1000) : 0
}

function json(value: object): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(value))
}

function blob(mediaType: string, value: object) {
  const bytes = json(value)
  return { bytes, pointer: { mediaType, digest: `sha256:${hex(sha256(bytes))}`, size: bytes.length } }
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

function header(name: string, size: number, mtime: number, type = '0'): Uint8Array {
  const mode = type === '5' ? 0o755 : 0o644
  return tarHeader({ name, type, size, mode, uid: 0, gid: 0, mtime, link: '', device: undefined })
}

function file(name: string, bytes: Uint8Array, mtime: number): Uint8Array {
  return joinBytes([header(name, bytes.length, mtime), bytes, new Uint8Array(padding(bytes.length))])
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
