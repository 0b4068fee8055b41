import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  imageAnnotations,
  imageArchitecture,
  missingAnnotations,
  type ImageTarget,
} from '../../../src/commands/image-annotations.ts'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import { openAnalysis } from '../../builders/search.ts'
import { fileUnderFalseName } from '../../builders/sources.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/checkpoints')

async function fixture(path: string): Promise<Checkpoint> {
  return (await openAnalysis(await fileUnderFalseName(join(fixtures, path)))).checkpoint
}

function annotationsOf(cp: Checkpoint, target: ImageTarget): Record<string, string> {
  return Object.fromEntries(imageAnnotations(cp, target).map(({ key, value }) => [key, value]))
}

/** The checkpoint with another name of its container. */
function renamed(cp: Checkpoint, value: string): Checkpoint {
  return { ...cp, metadata: { ...cp.metadata, container: { value } } }
}

let containerd: Checkpoint
let podman: Checkpoint

beforeAll(async () => {
  containerd = await fixture('containerd/2.2.1/counters.tar')
  podman = await fixture('podman/5.4.2/counters.tar.gz')
})

describe('image annotations', () => {
  test('say what the archive of a Kubernetes engine knows', () => {
    const all = annotationsOf(containerd, 'containerd')
    expect(all).toMatchObject({
      'org.criu.checkpoint.engine.name': 'containerd',
      'org.criu.checkpoint.container.name': 'counter',
      'org.criu.checkpoint.pod.name': 'counters',
      'org.criu.checkpoint.pod.namespace': 'default',
      'org.criu.checkpoint.rootfsImageUserRequested': 'localhost/busybox:latest',
      'org.criu.checkpoint.rootfsImageName': 'localhost/busybox:latest',
      'org.criu.checkpoint.runtime.name': 'io.containerd.runc.v2',
      'org.criu.checkpoint.host.arch': 'amd64',
      'org.criu.checkpoint.cgroup.version': 'v1',
      'io.kubernetes.cri-o.annotations.checkpoint.name': 'counter',
    })
    expect(all['org.criu.checkpoint.criu.version']).toMatch(/^4\./)
    expect(Object.keys(all).filter((key) => key.startsWith('io.podman'))).toEqual([])
  })

  test('of Podman name the runtime that it asks for', () => {
    expect(annotationsOf(podman, 'Podman')).toMatchObject({
      'io.podman.annotations.checkpoint.name': 'counter',
      'io.podman.annotations.checkpoint.runtime.name': 'crun',
      'io.podman.annotations.checkpoint.rawImageName': 'localhost/busybox:latest',
      'io.podman.annotations.checkpoint.host.arch': 'amd64',
    })
  })

  test('leave out what no archive knows', () => {
    const all = annotationsOf(podman, 'Podman')
    expect(all).not.toHaveProperty(['org.criu.checkpoint.criu.version'])
    expect(all).not.toHaveProperty(['org.criu.checkpoint.pod.name'])
    expect(Object.values(all)).not.toContain('')
    expect(Object.values(all)).not.toContain('unknown')
  })

  test('say which the archive has no value for', () => {
    expect(missingAnnotations(imageAnnotations(containerd, 'containerd'))).toEqual([
      'rootfsImageSha',
      'rawImageName',
      'engine.version',
      'runtime.version',
      'conmon.version',
      'distribution.name',
      'distribution.version',
    ])
  })

  test('keep what an annotated image said of the host, and the digest by which an image was pulled', () => {
    const digest = `sha256:${'0'.repeat(64)}`
    const annotations = ['engine.version', 'conmon.version', 'distribution.name'].map((name) => ({
      key: `org.criu.checkpoint.${name}`,
      value: `the ${name}`,
      isJson: false,
      from: undefined,
    }))
    const metadata = { ...containerd.metadata, annotations, image: { value: `registry.example/a@${digest}` } }
    const all = annotationsOf({ ...containerd, metadata }, 'containerd')
    expect(all).toMatchObject({
      'org.criu.checkpoint.engine.version': 'the engine.version',
      'org.criu.checkpoint.conmon.version': 'the conmon.version',
      'org.criu.checkpoint.distribution.name': 'the distribution.name',
      'org.criu.checkpoint.rootfsImageSha': digest,
    })
    expect(all).not.toHaveProperty(['org.criu.checkpoint.runtime.version'])
  })

  test('lead back to where the archive says it', () => {
    for (const { key, from } of imageAnnotations(containerd, 'CRI-O'))
      expect(from?.origin.member, key).toBeTypeOf('number')
  })

  test.each(['\udc80', 'a\udcffb', 'x'.repeat(5000), ''])(
    'leave out a name that JSON or a registry would change',
    (name) => {
      expect(annotationsOf(renamed(containerd, name), 'CRI-O')).not.toHaveProperty([
        'io.kubernetes.cri-o.annotations.checkpoint.name',
      ])
    },
  )

  test('keep every other name as it is', () => {
    for (const name of ['"; rm -rf /', '$(id)', 'a\nb', '__proto__', '😀'])
      expect(annotationsOf(renamed(containerd, name), 'CRI-O')['org.criu.checkpoint.container.name']).toBe(name)
  })
})

test.each([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['ppc64', 'ppc64le'],
  ['constructor', undefined],
  ['99 (a value that is not known here)', undefined],
])('architecture %s is %s to an image', (name, expected) => {
  expect(imageArchitecture({ ...containerd.metadata, architecture: { value: name } })).toBe(expected)
})
