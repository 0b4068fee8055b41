/**
 * Commands that put a checkpoint into a container image: what `checkpointctl build` does (its internal/oci_image_build.go),
 * and what engines need beyond that. The layer is the archive, unpacked at the root of an image without anything else.
 */
import { localPath } from './collect.ts'
import type { CommandInput } from './input.ts'
import { isKubernetes } from './input.ts'
import { missingAnnotations, type ImageAnnotation } from './image-annotations.ts'
import type { Known } from './known.ts'
import { hasPodman } from './podman-versions.ts'
import { bareVersion, splitReference } from './names.ts'
import type { Line, Word } from './shell.ts'
import { run, step, type Refusal, type Step } from './step.ts'

const CONTAINER: Word = [{ variable: 'IMAGE_CONTAINER' }]
/** buildah takes its argument for a pattern, even when it is escaped: such a name gets a plain one beside it. */
const PLAIN_NAME = 'checkpoint-to-add.tar'
const IS_PATTERN = /[*?[\]{}\\]|^https?:/

const PUBLIC = new Set([
  'docker.io',
  'quay.io',
  'ghcr.io',
  'registry.hub.docker.com',
  'public.ecr.aws',
  'registry.gitlab.com',
])

/** The whole reference: the registry of the form in front when the reference names none. */
export function wholeReference({ registry, image }: Pick<CommandInput, 'registry' | 'image'>): string {
  return splitReference(image).registry === undefined ? `${registry}/${image}` : image
}

export function buildSteps(input: CommandInput, known: Known | undefined): Step[] {
  const reference = wholeReference(input)
  const annotations = annotationsFor(input, known)
  return [
    buildStep(input, reference, annotations),
    checkStep(reference, known && missingAnnotations(annotations)),
    pushStep(reference),
    shortStep(input, reference),
  ]
}

/** Annotations of the checkpoint, with the names that the form has. */
function annotationsFor(input: CommandInput, known: Known | undefined): ImageAnnotation[] {
  const { engine } = input
  const isPod = isKubernetes(input)
  const found = known?.annotations[engine === 'containerd' || engine === 'CRI-O' ? engine : 'Podman'] ?? []
  const wanted: ImageAnnotation[] = isPod
    ? [
        { key: 'org.criu.checkpoint.container.name', value: input.container },
        { key: 'io.kubernetes.cri-o.annotations.checkpoint.name', value: input.container },
      ]
    : [{ key: 'io.podman.annotations.checkpoint.runtime.name', value: input.runtime }]
  const keys = new Set(wanted.map(({ key }) => key))
  return [...found.filter(({ key }) => !keys.has(key)), ...wanted]
}

function buildStep(
  { archive, engine }: CommandInput,
  reference: string,
  annotations: readonly ImageAnnotation[],
): Step {
  const isPattern = IS_PATTERN.test(archive)
  const file = isPattern ? PLAIN_NAME : localPath(archive)
  const options = annotations.map(({ key, value }) => `--annotation=${key}=${value}`)
  return step({
    id: 'build',
    title: 'Build the image',
    why: `An empty image with the checkpoint unpacked at its root. The annotations tell the engine that this is a checkpoint: ${
      engine === 'Podman'
        ? 'Podman reads those of io.podman, and refuses the image when the runtime there is not the one it uses'
        : 'CRI-O reads the one of io.kubernetes.cri-o, containerd the one with the name of the container'
    }. Only the OCI format has annotations.`,
    lines: [
      ...(isPattern ? [run('ln', '-s', '--', localPath(archive), file)] : []),
      { ...run('buildah', 'from', 'scratch'), assign: 'IMAGE_CONTAINER' },
      run('buildah', 'add', CONTAINER, file, '/'),
      { ...run('buildah', 'config', ...options, CONTAINER), isLong: true },
      run('buildah', 'commit', '--format=oci', CONTAINER, reference),
      run('buildah', 'rm', CONTAINER),
      ...(isPattern ? [run('rm', '--', file)] : []),
    ],
    warnings: [
      'The image holds every secret of the process: whoever can pull it has its memory.',
      ...(isPattern
        ? ['buildah would take the name of the archive for a pattern: a link with a plain name stands in.']
        : []),
    ],
  })
}

/** `missing`: names of annotations that the archive has no value for; undefined when no archive is open. */
function checkStep(reference: string, missing: readonly string[] | undefined): Step {
  const lacks =
    missing === undefined
      ? ' No archive is open: what it would tell of engine, image and host is not among them.'
      : missing.length > 0
        ? ` Of those under org.criu.checkpoint the archive has no value for ${missing.join(', ')}: they are left out, not guessed.`
        : ''
  return step({
    id: 'check',
    title: 'Look at the annotations',
    why: `Without them engines start the image like any other, and fail with an error such as “no command specified”. docker tag, push and save, and the Docker format, drop them.${lacks}`,
    lines: [run('buildah', 'inspect', '--type=image', '--format={{.ImageAnnotations}}', reference)],
  })
}

function pushStep(reference: string): Step {
  const { registry = '' } = splitReference(reference)
  const host = registry.replace(/:\d+$/, '')
  const isLocal = host === 'localhost'
  return step({
    id: 'push',
    title: 'Push it',
    why: 'To where the node can pull it. The file gets the digest of what was pushed: write it down with the hash of the archive.',
    isAside: isLocal,
    lines: [
      run('buildah', 'login', registry),
      run('buildah', 'push', '--digestfile=checkpoint-image.digest', reference),
      run('cat', 'checkpoint-image.digest'),
    ],
    warnings: [
      PUBLIC.has(host)
        ? `${host} also has public repositories, and new ones may be public by default: make it private before this. Once pulled by others, secrets cannot be taken back.`
        : 'The repository must be private.',
    ],
  })
}

function shortStep({ archive, engine }: CommandInput, reference: string): Step {
  return step({
    id: 'checkpointctl',
    title: 'Or with checkpointctl',
    why: `One command that runs buildah by itself, with fewer annotations: ${
      engine === 'containerd'
        ? 'the one that containerd reads is among them, CRI-O’s is not.'
        : `the one that ${engine} reads is not among them, so that it does not restore this image. It is for looking into.`
    }`,
    isAside: true,
    lines: [run('sudo', 'checkpointctl', 'build', localPath(archive), reference)],
  })
}

/** Lines that take an image that was built without tools, from the file that it was saved to. */
export function loadLines(file: string, reference: string | undefined): Line[] {
  return [
    ...(reference === undefined ? [] : [run('skopeo', 'copy', `oci-archive:${file}`, `docker://${reference}`)]),
    run('sudo', 'podman', 'load', `--input=${file}`),
  ]
}

/** Engines that take no image, and what cannot be the name of a new one. */
export function buildRefusals(input: CommandInput): Refusal[] {
  const { engine, image } = input
  if (engine !== 'containerd' && engine !== 'CRI-O' && engine !== 'Podman')
    return [{ field: 'engine', reason: `${engine} restores no image: choose CRI-O, containerd or Podman.` }]
  if (image.includes('@'))
    return [
      {
        field: 'image',
        reason:
          'A digest is of an image that exists already: give path and tag. Pushing tells the digest of the new one.',
      },
    ]
  if (engine === 'Podman' && !hasPodman(input, '4.1.0'))
    return [
      {
        field: 'engineVersion',
        reason: `Podman ${bareVersion(input.engineVersion)} restores no image: that came with 4.1.0. Restore from the archive.`,
      },
    ]
  return []
}
