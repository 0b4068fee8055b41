/**
 * What `docker save` and `podman save` write: `manifest.json`, an array of images with the paths of their layers
 * (moby image/spec/v1.2.md). Layers may be links to one another inside the archive.
 */
import { OpenError } from '../base/errors.ts'
import { EXPECTED } from './contained.ts'
import type { OpenContext, OpenResult } from './contained.ts'
import { openLayers } from './layers.ts'
import type { Layer } from './layers.ts'
import { foldName } from './names.ts'
import { makeLookup, readJson } from './tree.ts'
import type { Tree } from './tree.ts'

const MAX_LAYERS = 1000

/** The checkpoints of a docker archive; undefined when the tree is none. */
export async function openDocker(tree: Tree, context: OpenContext): Promise<AsyncGenerator<OpenResult> | undefined> {
  const lookup = makeLookup(tree)
  const manifest = lookup('manifest.json')
  const json = manifest && (await readJson(tree, manifest, context.options.signal))
  if (!Array.isArray(json)) return undefined
  const names = json.flatMap(layerNames)
  if (names.length === 0) return undefined
  const layers = [...new Set(names)].slice(0, MAX_LAYERS).flatMap((name): Layer[] => {
    const member = lookup(foldName(name))
    return member ? [{ member, mediaType: '', name }] : []
  })
  return openAll(tree, layers, names.length, { ...context, shape: 'docker-archive', depth: context.depth + 1 })
}

function layerNames(image: unknown): string[] {
  if (typeof image !== 'object' || image === null || !('Layers' in image) || !Array.isArray(image.Layers)) return []
  return image.Layers.filter((name): name is string => typeof name === 'string')
}

async function* openAll(
  tree: Tree,
  layers: readonly Layer[],
  named: number,
  context: OpenContext,
): AsyncGenerator<OpenResult> {
  let count = 0
  for await (const result of openLayers(tree, layers, context)) {
    count += 1
    yield result
  }
  if (count > 0) return
  const text = `This is a docker archive whose ${named} layers hold no checkpoint: an ordinary container image.`
  throw new OpenError('not-a-checkpoint', text, EXPECTED)
}
