/**
 * What `ctr containers checkpoint` writes: an index whose descriptors are the parts of a checkpoint themselves
 * (containerd core/images/mediatypes.go and client/container_checkpoint_opts.go). They become one flat list: the
 * members of the CRIU tar under `checkpoint/`, the other blobs beside it under names of their own.
 */
import { OpenError, type ByteRange } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { decodeText } from '../base/text.ts'
import { makeArchive, openContained } from './contained.ts'
import type { Contained, OpenContext, OpenResult } from './contained.ts'
import type { Layer } from './layers.ts'
import { partSource } from './byte-sources.ts'
import type { ArchiveDefect, Member } from './member.ts'
import { findRoots, makeTree, takeRoot } from './tree.ts'
import type { Tree } from './tree.ts'

const CRIU_TAR = /^application\/vnd\.containerd\.container\.criu\.checkpoint\.(criu|predump)\.tar/
const PART = /^application\/vnd\.containerd\.container\.checkpoint\.([a-z.]+?)(?:\.v1)?(\+proto)?$/
/** Name of the part that holds the runtime spec. */
const CONFIG = 'ctr.config.pb'
const LAYER = /\b(?:layer\.v1\.tar|rootfs\.diff\.tar)/

/** True for a descriptor that only a `ctr` checkpoint has. */
export function isCtrDescriptor({ mediaType }: { readonly mediaType: string }): boolean {
  return CRIU_TAR.test(mediaType)
}

/** The checkpoint of one such index. */
export async function* openCtr(tree: Tree, parts: readonly Layer[], context: OpenContext): AsyncGenerator<OpenResult> {
  const opened: Contained[] = []
  const picks: Parameters<typeof makeTree>[0][number][] = []
  const defects: ArchiveDefect[] = [...tree.defects]
  let criu: Contained | undefined
  let predumps = 0
  try {
    for (const { member, mediaType } of parts) {
      const kind = CRIU_TAR.exec(mediaType)?.[1]
      if (kind === undefined) {
        const name = partName(mediaType)
        if (name !== undefined) picks.push({ tree, member, name })
        if (name === CONFIG) picks.push(...(await specPicks(tree, member)))
        continue
      }
      const contained = await openContained(tree.open(member), context)
      opened.push(contained)
      if (kind === 'criu') criu ??= contained
      const folder =
        kind === 'criu' ? 'checkpoint' : predumps === 0 ? 'pre-checkpoint' : `pre-checkpoint-${predumps + 1}`
      if (kind === 'predump') predumps += 1
      picks.push(...imagePicks(contained.tree, folder))
      // Offsets in one of several tars are no offsets in the archive.
      defects.push(...contained.tree.defects.map((defect) => ({ ...defect, offset: undefined })))
    }
    const { compression = 'none', spill = 'none', unpackedSize = 0 } = criu?.context ?? {}
    const archive = makeArchive(makeTree(picks, defects), {
      ...context,
      shape: 'ctr-image',
      compression,
      spill,
      unpackedSize,
    })
    const holds = opened.map(({ context: inner }) => inner.lease.share())
    const close = async () => {
      await archive.close()
      for (const release of holds) await release()
    }
    yield { kind: 'archive', archive: { ...archive, close } }
  } catch (error) {
    if (!(error instanceof OpenError)) throw error
    yield { kind: 'failed', label: context.label, error }
  } finally {
    for (const contained of opened) await contained.release()
  }
}

/** The images of a CRIU tar, under `folder`. */
function imagePicks(tree: Tree, folder: string): Parameters<typeof makeTree>[0] {
  const [root = ''] = findRoots(tree.members).strong
  const images = takeRoot(tree, root, true)
  // A tar that has a checkpoint/ folder of its own is taken as it is.
  return images.members.map((member) => {
    const isPlaced = member.name === folder || member.name.startsWith(`${folder}/`)
    return { tree: images, member, name: isPlaced ? member.name : `${folder}/${member.name}` }
  })
}

/** The OCI runtime spec inside the config part, as a member of its own: a range of the same blob. */
async function specPicks(tree: Tree, member: Member): Promise<Parameters<typeof makeTree>[0]> {
  if (member.size > limits.jsonMember) return []
  const source = tree.open(member)
  const value = anyValue(await source.read(0, source.size))
  if (!value) return []
  const { offset, length } = value
  const at = member.dataOffset === undefined ? undefined : member.dataOffset + offset
  const spec = { ...member, size: length, dataOffset: at }
  const inside = { members: [spec], defects: [], open: () => partSource(source, offset, length) }
  return [{ tree: inside, member: spec, name: 'spec.dump' }]
}

/**
 * The value of a google.protobuf.Any whose type is a runtime spec: field 1 its type, field 2 its bytes (containerd
 * marshals the spec of the container as JSON). Lengths are varints below 2^28.
 */
function anyValue(bytes: Uint8Array): ByteRange | undefined {
  let at = 0
  let isSpec = false
  const length = (): number => {
    let result = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0
      result |= (byte & 0x7f) << shift
      if (byte < 0x80) return result
    }
    return bytes.length
  }
  while (at < bytes.length) {
    const tag = bytes[at++]
    const size = length()
    if ((tag !== 0x0a && tag !== 0x12) || at + size > bytes.length) return undefined
    if (tag === 0x12) return isSpec ? { offset: at, length: size } : undefined
    isSpec = decodeText(bytes.subarray(at, at + size)).includes('opencontainers/runtime-spec')
    at += size
  }
  return undefined
}

/** Name of a part that is not a CRIU tar, undefined for what is no part (the image the container ran from). */
function partName(mediaType: string): string | undefined {
  const part = PART.exec(mediaType)
  if (part) return `ctr.${part[1] ?? 'part'}${part[2] ? '.pb' : ''}`
  return LAYER.test(mediaType) ? 'rootfs-diff.tar' : undefined
}
