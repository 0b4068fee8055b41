/** Builds container images that carry a checkpoint: OCI layouts, docker archives, `ctr` checkpoints. */
import { createHash } from 'node:crypto'
import type { InputFile } from '../../src/archive/member.ts'
import { inputFile } from './sources.ts'
import { tar, toBytes } from './tar.ts'

export interface Blob_ {
  readonly mediaType: string
  readonly bytes: Uint8Array
  readonly annotations?: Readonly<Record<string, string>>
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const json = (value: unknown) => toBytes(JSON.stringify(value))

function describe(blob: Blob_): object {
  return {
    mediaType: blob.mediaType,
    digest: `sha256:${hash(blob.bytes)}`,
    size: blob.bytes.length,
    ...(blob.annotations ? { annotations: blob.annotations } : {}),
  }
}

/** Path → bytes of a layout whose index points to `tops`; `blobs` are stored too. */
export function ociLayout(
  tops: readonly Blob_[],
  blobs: readonly Blob_[],
  annotations: Readonly<Record<string, string>> = {},
): [string, Uint8Array][] {
  const index = json({ schemaVersion: 2, manifests: tops.map(describe), annotations })
  return [
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ['index.json', index],
    ...[...tops, ...blobs].map(({ bytes }): [string, Uint8Array] => [`blobs/sha256/${hash(bytes)}`, bytes]),
  ]
}

export const layerBlob = (bytes: Uint8Array, kind = 'tar'): Blob_ => ({
  mediaType: `application/vnd.oci.image.layer.v1.${kind}`,
  bytes,
})

/** A manifest over layers. */
export function manifestBlob(layers: readonly Blob_[], annotations: Readonly<Record<string, string>> = {}): Blob_ {
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', bytes: json({}) }
  const bytes = json({ schemaVersion: 2, config: describe(config), layers: layers.map(describe), annotations })
  return { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes }
}

/** An index over descriptors of any kind. */
export function indexBlob(manifests: readonly Blob_[]): Blob_ {
  const bytes = json({ schemaVersion: 2, manifests: manifests.map(describe) })
  return { mediaType: 'application/vnd.oci.image.index.v1+json', bytes }
}

/** Files of a layout as one tar. */
export function layoutTar(files: readonly (readonly [string, Uint8Array])[], prefix = ''): Uint8Array {
  return tar(...files.map(([name, body]) => ({ name: `${prefix}${name}`, body })))
}

/** Files as a dropped folder. */
export function layoutFolder(files: readonly (readonly [string, Uint8Array])[], top: string): InputFile[] {
  return files.map(([name, bytes]) => inputFile(`${top}/${name}`, bytes))
}
