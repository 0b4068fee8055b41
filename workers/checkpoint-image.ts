/** The OCI image of an opened checkpoint: its layer, its annotations, and how it is described to the page. */
import { imageAnnotations, imageArchitecture } from '../src/commands/image-annotations.ts'
import type { OpenCheckpoint } from '../src/ingest/checkpoint.ts'
import { present } from '../src/model/absent.ts'
import { planLayer } from '../src/package/layer.ts'
import { planImage, type OciImage } from '../src/package/oci-image.ts'
import type { CheckpointImage, ImageOptions } from './contract.ts'

export interface PlannedImage {
  readonly description: CheckpointImage
  readonly image: OciImage
}

/** Hashes the layer, which reads the whole archive. Throws FormatError with the reason where there can be no image. */
export async function planCheckpointImage(
  { evidence, model }: OpenCheckpoint,
  { target, reference }: ImageOptions,
  onHashed: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<PlannedImage> {
  const { metadata } = model
  const layer = planLayer(evidence.archive)
  const annotations = imageAnnotations(model, target)
  const facts = {
    architecture: imageArchitecture(metadata),
    created: present(metadata.checkpointed.value),
    annotations,
    reference,
  }
  const told = (done: number): void => {
    onHashed(done, layer.size)
  }
  const image = await planImage(layer, facts, told, signal)
  const { size, layerDigest, configDigest, manifestDigest } = image
  const { made, notes } = layer
  const layerSize = layer.size
  const description = { size, layerSize, layerDigest, configDigest, manifestDigest, made, notes, annotations }
  return { description, image }
}
