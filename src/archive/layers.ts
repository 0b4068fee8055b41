/** Layers of container images: each is a tar, mostly compressed; one that holds a checkpoint becomes an archive. */
import { OpenError } from '../base/errors.ts'
import { makeArchive, openContained } from './contained.ts'
import type { OpenContext, OpenResult } from './contained.ts'
import type { Member } from './member.ts'
import { findRoots, takeRoot } from './tree.ts'
import type { Tree } from './tree.ts'

/** A blob that a manifest points to. */
export interface Layer {
  readonly member: Member
  /** '' when not known. */
  readonly mediaType: string
  /** Its digest or path, for messages. */
  readonly name: string
}

/** The layers that carry a checkpoint, one archive each. Nothing is yielded for ordinary ones. */
export async function* openLayers(
  tree: Tree,
  layers: readonly Layer[],
  context: OpenContext,
): AsyncGenerator<OpenResult> {
  for (const layer of layers) {
    if (layer.mediaType.endsWith('+encrypted')) {
      const error = new OpenError(
        'encrypted',
        `The layer ${layer.name} is encrypted.`,
        'Decrypt the image and drop the result.',
      )
      yield { kind: 'failed', label: context.label, error }
      continue
    }
    try {
      const contained = await openContained(tree.open(layer.member), context)
      try {
        const { strong, weak } = findRoots(contained.tree.members)
        const roots = strong.length > 0 ? strong : weak.filter((root) => root === '')
        for (const root of roots) {
          yield {
            kind: 'archive',
            archive: makeArchive(takeRoot(contained.tree, root, roots.length === 1), contained.context),
          }
        }
      } finally {
        await contained.release()
      }
    } catch (error) {
      if (!(error instanceof OpenError)) throw error
      if (error.code !== 'not-a-checkpoint' && error.code !== 'empty')
        yield { kind: 'failed', label: context.label, error }
    }
  }
}
