/**
 * What `ctr containers checkpoint` writes: an index whose descriptors are the parts of a checkpoint themselves
 * (containerd core/images/mediatypes.go and client/container_checkpoint_opts.go). They become one flat list: the
 * members of the CRIU tar under `checkpoint/`, the other blobs beside it under names of their own.
 */
import { OpenError, isAbort, type ByteRange } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { decodeText } from '../base/text.ts'
import { makeArchive, openContained } from './contained.ts'
import type { Contained, OpenContext, OpenResult } from './contained.ts'
import { partSource } from './byte-sources.ts'
import { DefectList } from './defects.ts'
import type { Member } from './member.ts'
import { findRoots, makeTree, takeRoot } from './tree.ts'
import type { Pick, Tree } from './tree.ts'

const CRIU_TAR = /^application\/vnd\.containerd\.container\.criu\.checkpoint\.(criu|predump)\.tar/
const PART = /^application\/vnd\.containerd\.container\.checkpoint\.([a-z.]+?)(?:\.v1)?(\+proto)?$/
/** Name of the part that holds the runtime spec. */
const CONFIG = 'ctr.config.pb'
const DIFF = 'rootfs-diff.tar'
const LAYER = /\b(?:layer\.v1\.tar|rootfs\.diff\.tar)/

/** What is lost with a part, by the name it is listed under. */
const WHAT: Readonly<Record<string, string>> = {
  criu: 'the CRIU images of its processes and their memory',
  predump: 'the CRIU images of a dump before the last',
  [CONFIG]: 'the configuration of the container (labels, image, runtime spec)',
  [DIFF]: 'the files that the container had changed',
}

/** A part of the checkpoint, as the index names it. */
export interface CtrPart {
  readonly mediaType: string
  /** Where its bytes are kept. */
  readonly path: string
  /** Bytes on record; undefined when the index gives none. */
  readonly size: number | undefined
  /** Undefined when it is not there. */
  readonly member: Member | undefined
}

/** True for a descriptor that only a `ctr` checkpoint has. */
export function isCtrDescriptor({ mediaType }: { readonly mediaType: string }): boolean {
  return CRIU_TAR.test(mediaType)
}

/** The checkpoint of one such index. A part that is not there, or not whole, is said; the others open. */
export async function* openCtr(
  tree: Tree,
  parts: readonly CtrPart[],
  context: OpenContext,
): AsyncGenerator<OpenResult> {
  const opened: Contained[] = []
  const picks: Pick[] = []
  const defects = new DefectList()
  // Where the whole archive ends inside a part, the part's own line says more.
  defects.addAll(tree.defects.filter(({ code }) => code !== 'tar-truncated-body'))
  let criu: Contained | undefined
  let predumps = 0
  try {
    for (const part of parts) {
      const { member, mediaType, path } = part
      const kind = CRIU_TAR.exec(mediaType)?.[1]
      const name = kind ?? partName(mediaType)
      if (name === undefined) continue
      const loss = lossOf(part, WHAT[name] ?? name)
      if (loss !== undefined) defects.add('error', 'ctr-part-missing', loss)
      if (member === undefined || member.size === 0) continue
      if (kind === undefined) {
        picks.push({ tree, member, name, storedIn: path })
        if (name === CONFIG) picks.push(...(await specPicks(tree, member, path)))
        continue
      }
      const contained = await openPart(tree, member, context)
      if (contained instanceof OpenError) {
        if (loss === undefined) defects.add('error', 'ctr-part-unreadable', `${WHAT[name]}: ${contained.message}`)
        continue
      }
      opened.push(contained)
      if (kind === 'criu') criu ??= contained
      const folder =
        kind === 'criu' ? 'checkpoint' : predumps === 0 ? 'pre-checkpoint' : `pre-checkpoint-${predumps + 1}`
      if (kind === 'predump') predumps += 1
      picks.push(...imagePicks(contained, folder, part))
      // Offsets in one of several tars are no offsets in the archive.
      for (const { severity, code, message } of contained.tree.defects)
        defects.add(severity, code, `in the tar of the images of ${folder}/: ${message}`)
    }
    const { compression = 'none', spill = 'none', unpackedSize = 0 } = criu?.context ?? {}
    const archive = makeArchive(makeTree(picks, defects.list()), {
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
  } finally {
    for (const contained of opened) await contained.release()
  }
}

/** What of a part is not there; undefined when all is, as far as the index tells. */
function lossOf({ member, size, path }: CtrPart, what: string): string | undefined {
  if (!member)
    return `the checkpoint is not whole: ${what}${size === undefined ? '' : ` (${size} bytes)`} are missing; the image should hold them in ${path}`
  const whole = member.recordedSize ?? size
  if (whole === undefined || member.size >= whole) return undefined
  return `the checkpoint is not whole: of ${what} only ${member.size} of ${whole} bytes are there (${path})`
}

/** The tar of a part, or why it is none. */
async function openPart(tree: Tree, member: Member, context: OpenContext): Promise<Contained | OpenError> {
  try {
    return await openContained(tree.open(member), context)
  } catch (error) {
    if (error instanceof OpenError && !isAbort(error)) return error
    throw error
  }
}

/** The images of a CRIU tar, under `folder`. Their offsets are those in the archive, where it holds the tar as it is. */
function imagePicks({ tree, context }: Contained, folder: string, { member: part, path }: CtrPart): Pick[] {
  const start = context.compression === 'none' ? part?.dataOffset : undefined
  const shift = (offset: number | undefined) =>
    start === undefined || offset === undefined ? undefined : start + offset
  const [root = ''] = findRoots(tree.members).strong
  const images = takeRoot(tree, root, true)
  // A tar that has a checkpoint/ folder of its own is taken as it is.
  return images.members.map((image) => {
    const isPlaced = image.name === folder || image.name.startsWith(`${folder}/`)
    const member = { ...image, headerOffset: shift(image.headerOffset), dataOffset: shift(image.dataOffset) }
    return {
      tree: images,
      member,
      name: isPlaced ? image.name : `${folder}/${image.name}`,
      storedIn: `${path}: ${image.path}`,
    }
  })
}

/** The OCI runtime spec inside the config part, as a member of its own: a range of the same blob. */
async function specPicks(tree: Tree, member: Member, storedIn: string): Promise<Pick[]> {
  if (member.size > limits.jsonMember) return []
  const source = tree.open(member)
  const value = anyValue(await source.read(0, source.size))
  if (!value) return []
  const { offset, length } = value
  const at = member.dataOffset === undefined ? undefined : member.dataOffset + offset
  const spec = { ...member, size: length, dataOffset: at }
  const inside = { members: [spec], defects: [], open: () => partSource(source, offset, length) }
  return [{ tree: inside, member: spec, name: 'spec.dump', storedIn }]
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
  return LAYER.test(mediaType) ? DIFF : undefined
}
