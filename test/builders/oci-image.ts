/** Images of checkpoints for tests: the bytes of the layout and what is in them. */
import type { OpenedArchive } from '../../src/archive/member.ts'
import { planLayer, type Layer } from '../../src/package/layer.ts'
import { planImage, type ImageFacts, type OciImage } from '../../src/package/oci-image.ts'

export const plainFacts: ImageFacts = {
  architecture: 'amd64',
  created: '2026-11-22T16:12:17.261749717Z',
  annotations: [{ key: 'org.criu.checkpoint.container.name', value: 'counter' }],
  reference: undefined,
}

export async function collectPieces(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return new Uint8Array(Buffer.concat(parts))
}

export interface BuiltImage {
  readonly layer: Layer
  readonly image: OciImage
  readonly bytes: Uint8Array<ArrayBuffer>
}

export async function buildImage(archive: OpenedArchive, facts: Partial<ImageFacts> = {}): Promise<BuiltImage> {
  const layer = planLayer(archive)
  const image = await planImage(layer, { ...plainFacts, ...facts }, () => undefined)
  return { layer, image, bytes: await collectPieces(image.pieces()) }
}
