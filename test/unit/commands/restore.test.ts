/** Packing and restoring: annotations, manifests, and what each engine and version is told. */
import { describe, expect, test } from 'vitest'
import { makeCommands } from '../../../src/commands/commands.ts'
import type { CommandOptions } from '../../../src/commands/input.ts'
import type { Known } from '../../../src/commands/known.ts'
import { blockText, fileText, scriptText } from '../../../src/commands/render.ts'

const KNOWN: Known = {
  suggestions: {
    namespace: { value: 'shop', origin: 'spec.dump' },
    pod: { value: 'web-0', origin: 'spec.dump' },
    container: { value: 'app', origin: 'spec.dump' },
    archive: { value: 'cp.tar', origin: 'name of the opened file' },
  },
  engine: 'CRI-O',
  annotations: { containerd: [], 'CRI-O': [{ key: 'org.criu.checkpoint.pod.name', value: `it's\n` }], Podman: [] },
  mounts: [
    { destination: '/data', readOnly: false, kind: 'emptyDir', from: 'cache' },
    { destination: '/etc/app', readOnly: true, kind: 'configMap', from: 'settings' },
    { destination: '/host', readOnly: false, kind: 'hostPath', from: '/srv/x' },
    { destination: '/odd\udcff', readOnly: false, kind: 'hostPath', from: '/srv/y' },
  ],
  hasToken: false,
  hasTerminal: false,
  architecture: 'amd64',
  rootfsImage: 'docker.io/library/busybox:latest',
  imagesFolder: 'checkpoint',
  stops: ({ given = [] }) => (given.includes('tcp-close') ? [] : ['TCP connections: CRIU refuses them.']),
}

test('what makes the restore fail stands in the script, unless its option is given', () => {
  const script = (options: CommandOptions) => scriptText(restore({ engine: 'Podman', ...options }), 'Restore')
  expect(script({})).toContain('# TCP connections: CRIU refuses them.')
  expect(script({ tcpClose: true })).not.toContain('CRIU refuses')
})

test.each([
  ['checkpoint', 'checkpoint-unpacked/checkpoint'],
  ['', 'checkpoint-unpacked'],
  [undefined, 'checkpoint-unpacked/checkpoint'],
])('runc is given the folder in which the archive has the images: %s', (imagesFolder, path) => {
  const text = blockText(restore({ engine: 'runc', containerId: 'c1' }, { ...KNOWN, imagesFolder }))
  expect(text).toContain(`--image-path=${path} --bundle`)
})

test.each<[string, CommandOptions, string]>([
  ['connections under a new name', { engine: 'Podman', tcpEstablished: true, restoredAs: 'x' }, 'restoredAs'],
  ['a version of the other engine', { engine: 'containerd', engineVersion: 'cri-o://1.34.0' }, 'engineVersion'],
  ['a version of the other engine', { engine: 'CRI-O', engineVersion: 'containerd://2.4.1' }, 'engineVersion'],
])('refuses %s', (_what, options, field) => {
  expect(restore(options)).toMatchObject({ steps: [], refusals: [{ field }] })
})

const PODMAN: Known = { ...KNOWN, engine: 'Podman' }
const restore = (options: CommandOptions, known: Known | undefined = KNOWN) => makeCommands('restore', options, known)

function file(options: CommandOptions, step: string): string {
  const found = restore({ engine: 'CRI-O', engineVersion: '1.34.0', ...options }).steps.find(({ id }) => id === step)
    ?.files[0]
  return found ? fileText(found) : ''
}

test('an image gets the annotations of its engine, in the OCI format', () => {
  const text = blockText(makeCommands('build', { engine: 'CRI-O', image: 'registry.example/x:1' }, KNOWN))
  expect(text).toContain('buildah add "${IMAGE_CONTAINER:?}" cp.tar /\n')
  expect(text).toContain(
    `buildah config \\\n  "$(printf '\\055-annotation=org.criu.checkpoint.pod.name=it\\047s')"'\n' \\\n  --annotation=org.criu.checkpoint.container.name=app \\\n  `,
  )
  expect(text).toContain('--annotation=io.kubernetes.cri-o.annotations.checkpoint.name=app ')
  expect(text).toContain('buildah commit --format=oci "${IMAGE_CONTAINER:?}" registry.example/x:1\n')
  expect(text).not.toContain('io.podman')
  const podman = blockText(makeCommands('build', { engine: 'Podman', runtime: 'crun' }, KNOWN))
  expect(podman).toContain('--annotation=io.podman.annotations.checkpoint.runtime.name=crun ')
})

test('a public registry is warned of, a name that buildah takes for a pattern gets a plain one', () => {
  const { steps } = makeCommands('build', { engine: 'CRI-O', image: 'quay.io/a/b', archive: 'c [1].tar' })
  expect(steps.find(({ id }) => id === 'push')?.warnings.join()).toContain('quay.io')
  expect(blockText(makeCommands('build', { engine: 'CRI-O', archive: 'c [1].tar' }))).toContain(
    "ln -s -- './c [1].tar' checkpoint-to-add.tar\n",
  )
})

test.each(['Docker', 'nerdctl', 'runc', 'crun'] as const)('%s takes no image', (engine) => {
  expect(makeCommands('build', { engine }).refusals).toMatchObject([{ field: 'engine' }])
})

describe('the pod of a restore', () => {
  test('has the mounts, the place and no token', () => {
    const text = file({}, 'pod')
    expect(text).toContain('kubernetes.io/arch: amd64\n')
    expect(text).toContain('automountServiceAccountToken: false\n')
    expect(text).toContain('- name: mount-2\n      mountPath: "/etc/app"\n      readOnly: true\n')
    expect(text).toContain('configMap:\n      name: settings\n')
    expect(text).not.toContain('hostPath')
    expect(file({ node: 'node-1' }, 'pod')).toContain('nodeName: node-1\n')
  })

  test('has host paths only when it is not isolated', () => {
    expect(file({ isolate: false }, 'pod')).toContain('hostPath:\n      path: "/srv/x"\n')
    expect(file({ isolate: false }, 'isolate')).toBe('')
  })

  test('keeps the token when the checkpoint had it mounted', () => {
    const { steps } = restore({ engine: 'CRI-O' }, { ...KNOWN, hasToken: true })
    expect(steps.flatMap(({ files }) => files.map(fileText)).join()).not.toContain('automount')
  })

  test('has the volumes of the old pod looked up when the archive does not say what they were made from', () => {
    const ids = restore({ engine: 'CRI-O', engineVersion: '1.34.0' }).steps.map(({ id }) => id)
    expect(ids.slice(0, 3)).toEqual(['volumes', 'isolate', 'pod'])
    expect(blockText(restore({ engine: 'CRI-O' }))).toContain(
      "kubectl get pod --namespace shop '--output=jsonpath-as-json={.spec.volumes}' -- web-0\n",
    )
    const without = { ...KNOWN, mounts: KNOWN.mounts.filter(({ kind }) => kind === 'emptyDir') }
    expect(restore({ engine: 'CRI-O' }, without).steps.map(({ id }) => id)).not.toContain('volumes')
  })

  test('says which mount cannot be declared', () => {
    const pod = restore({ engine: 'CRI-O' }).steps.find(({ id }) => id === 'pod')
    expect(pod?.warnings.join('\n')).toContain('not valid UTF-8')
  })

  test('takes the archive itself for an image with CRI-O, when it is on the node', () => {
    expect(file({ source: 'file', archive: '/var/lib/kubelet/checkpoints/cp.tar' }, 'pod')).toContain(
      'image: "/var/lib/kubelet/checkpoints/cp.tar"\n',
    )
    expect(restore({ engine: 'CRI-O', source: 'file' }).refusals).toMatchObject([{ field: 'archive' }])
    expect(restore({ engine: 'containerd', source: 'file', archive: '/cp.tar' }).refusals).toMatchObject([
      { field: 'source' },
    ])
  })

  test('carries the path for the operator', () => {
    const text = file({ source: 'operator', archive: '/cp.tar' }, 'pod')
    expect(text).toContain(
      '"restore.criu.org/checkpoint-path.app": "/cp.tar"\n'.replaceAll('"restore', 'restore').replace('app":', 'app:'),
    )
    expect(text).toContain('image: "docker.io/library/busybox:latest"\n')
  })
})

test('the policy denies all traffic, before there is a pod', () => {
  expect(file({}, 'isolate')).toContain('policyTypes:\n  - Ingress\n  - Egress\n')
  const ids = restore({ engine: 'CRI-O' }).steps.map(({ id }) => id)
  expect(ids.indexOf('isolate')).toBeLessThan(ids.indexOf('pod'))
})

test('Podman restores from an image, from an archive, and after a pre-checkpoint', () => {
  const podman = (options: CommandOptions) =>
    blockText(restore({ engine: 'Podman', image: 'localhost/c:1', ...options }, PODMAN))
  expect(podman({})).toContain('sudo podman container restore --print-stats localhost/c:1\n')
  expect(podman({ source: 'file', restoredAs: 'again' })).toContain(
    'restore --name=again --ignore-static-ip --ignore-static-mac --print-stats --import=cp.tar\n',
  )
  expect(podman({ source: 'previous', archive: '-x.tar', tcpEstablished: true })).toContain(
    '--tcp-established --print-stats --import-previous=pre-checkpoint.tar.zst --import=./-x.tar\n',
  )
})

test('options for what the processes held, where the engine takes them', () => {
  const text = (options: CommandOptions) => blockText(restore({ source: 'file', ...options }, PODMAN))
  expect(text({ engine: 'Podman', tcpClose: true, fileLocks: true, ignoreVolumes: true })).toContain(
    'restore --tcp-close --file-locks --ignore-volumes --print-stats --import=',
  )
  expect(text({ engine: 'runc', tcpEstablished: true, fileLocks: true })).toContain(
    '--bundle=bundle --tcp-established --ext-unix-sk --shell-job --file-locks ',
  )
  expect(restore({ engine: 'Podman', tcpEstablished: true, tcpClose: true }).refusals).toMatchObject([
    { field: 'tcpClose' },
  ])
})

/** Engine, version → tone of the advice, whether there are commands, and the setting that the steps write. */
test.each<[CommandOptions['engine'], string, string, boolean, string | undefined]>([
  ['CRI-O', '1.24.0', 'bad', false, undefined],
  ['CRI-O', '1.29.4', 'warn', true, 'enable_criu_support = true'],
  ['CRI-O', '1.33.2', 'warn', true, 'container_level_enabled = "checkpoint_restore"'],
  ['CRI-O', 'cri-o://1.34.0', 'good', true, undefined],
  ['CRI-O', '1.34.14', 'warn', true, 'container_level_enabled = "checkpoint_restore"'],
  ['CRI-O', '1.37.0', 'warn', true, 'container_level_enabled = "checkpoint_restore"'],
  ['containerd', '1.7.27', 'bad', false, undefined],
  ['containerd', '2.0.4', 'bad', false, undefined],
  ['containerd', '2.1.3', 'good', true, undefined],
  ['containerd', '2.2.6', 'good', true, undefined],
  ['containerd', '2.2.7', 'warn', true, 'enable_experimental_restore_via_create = true'],
  ['containerd', '2.3.3', 'good', true, undefined],
  ['containerd', '2.3.4', 'warn', true, 'enable_experimental_restore_via_create = true'],
  ['containerd', '2.4.0-beta.0', 'bad', false, undefined],
  ['containerd', 'containerd://2.4.1', 'bad', false, undefined],
  ['Podman', '', 'good', true, undefined],
  ['runc', '', 'good', true, undefined],
  ['crun', '', 'good', true, undefined],
  ['Docker', '', 'good', true, undefined],
  ['nerdctl', '', 'good', true, undefined],
])('restore with %s %s: %s', (engine = 'containerd', engineVersion, tone, isOffered, setting) => {
  const { advice, steps } = makeCommands('restore', { engine, engineVersion })
  expect(advice[0]?.tone).toBe(tone)
  expect(steps.length > 0).toBe(isOffered)
  const written = steps
    .find(({ id }) => id === 'setting')
    ?.files.map(fileText)
    .join()
  if (setting === undefined) expect(written).toBeUndefined()
  else expect(written).toContain(setting)
})

test('a checkpoint of another engine is warned of, and has no commands where the engine does not read it', () => {
  expect(restore({ engine: 'containerd' }).advice.at(-1)?.text).toContain('made by CRI-O')
  expect(restore({ engine: 'containerd' }).steps).not.toEqual([])
  expect(restore({ engine: 'CRI-O' }, PODMAN)).toMatchObject({ steps: [], advice: [{ id: 'foreign', tone: 'bad' }] })
})

test('what the checkpoint holds is part of the verdict', () => {
  const tone = (options: CommandOptions) =>
    restore({ engine: 'Podman', source: 'file', ...options }, PODMAN).advice.map((one) => one.tone)
  expect(tone({})).toEqual(['warn'])
  expect(tone({ tcpClose: true })).toEqual(['good'])
})

test.each<[string, CommandOptions, string]>([
  ['4.3.1', { tcpClose: true }, 'tcpClose'],
  ['3.4.4', { fileLocks: true }, 'fileLocks'],
  ['4.0.3', { source: 'image' }, 'source'],
  ['2.2.1', { source: 'previous' }, 'source'],
  ['containerd://2.2.1', {}, 'engineVersion'],
])('Podman %s refuses what it does not have', (engineVersion, options, field) => {
  const given = { engine: 'Podman', source: 'file', engineVersion, ...options } as const
  expect(restore(given, PODMAN)).toMatchObject({ steps: [], refusals: [{ field }] })
  expect(restore({ ...given, engineVersion: '5.8.0' }, PODMAN).refusals).toEqual([])
})

test('Podman before 4.0 is given no --print-stats', () => {
  const given = { engine: 'Podman', source: 'file', engineVersion: '3.4.4' } as const
  expect(blockText(restore(given, PODMAN))).not.toContain('--print-stats')
})

test('a terminal of the checkpoint is one of the pod', () => {
  const pod = (hasTerminal: boolean) =>
    restore({ engine: 'CRI-O' }, { ...KNOWN, hasTerminal })
      .steps.flatMap(({ files }) => files.map(fileText))
      .join('')
  expect(pod(true)).toContain('stdin: true\n    tty: true\n')
  expect(pod(false)).not.toContain('tty')
})

test('a digest is no name for a new image, and one to restore from', () => {
  const image = `registry.example/a/b@sha256:${'0'.repeat(64)}`
  expect(makeCommands('build', { engine: 'CRI-O', image })).toMatchObject({ steps: [], refusals: [{ field: 'image' }] })
  expect(restore({ engine: 'CRI-O', image }).refusals).toEqual([])
})
