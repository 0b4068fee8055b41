/** Every manifest, read back with a YAML library: the object that was meant, over ordinary and hostile evidence. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { makeCommands, type Commands } from '../../src/commands/commands.ts'
import type { CommandOptions } from '../../src/commands/input.ts'
import type { Known } from '../../src/commands/known.ts'
import { fileText } from '../../src/commands/render.ts'
import { catalogue } from '../builders/command-catalogue.ts'
import { hostileText } from '../builders/command-values.ts'

/** The documents of a file, as YAML 1.1 and 1.2 read them. */
function read(text: string): unknown[] {
  const [old, current] = (['1.1', '1.2'] as const).map((version) =>
    parseAllDocuments(text, { version }).map((one) => {
      expect(one.errors).toEqual([])
      return one.toJS() as unknown
    }),
  )
  expect(old).toEqual(current)
  return current ?? []
}

/** The documents of the file that a step writes. */
function documents({ steps }: Commands, step: string): unknown[] {
  const file = steps.find(({ id }) => id === step)?.files[0]
  return file ? read(fileText(file)) : []
}

const API = 'rbac.authorization.k8s.io'
const role = {
  apiVersion: `${API}/v1`,
  kind: 'ClusterRole',
  metadata: { name: 'container-checkpointer' },
  rules: [{ apiGroups: [''], resources: ['nodes/checkpoint'], verbs: ['create'] }],
}

const KNOWN: Known = {
  suggestions: {},
  engine: 'CRI-O',
  annotations: { containerd: [], 'CRI-O': [], Podman: [] },
  mounts: [
    { destination: '/data', readOnly: false, kind: 'emptyDir', from: 'cache' },
    { destination: '/etc/app', readOnly: true, kind: 'configMap', from: 'no' },
    { destination: '/keys', readOnly: true, kind: 'secret', from: '1e3' },
    { destination: '/host', readOnly: false, kind: 'hostPath', from: '/srv/# x' },
    { destination: '/claim', readOnly: false, kind: 'claim', from: 'pvc' },
  ],
  hasToken: false,
  hasTerminal: true,
  architecture: 'amd64',
  rootfsImage: 'docker.io/library/busybox:latest',
  imagesFolder: 'checkpoint',
  stops: () => [],
}
const PLACE = { engine: 'CRI-O', engineVersion: '1.34.0', namespace: 'shop', pod: 'web-0', container: 'app' } as const

describe('is the object that was meant', () => {
  test('the pod to try it with', () => {
    expect(documents(makeCommands('create', {}), 'example')).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'counters', namespace: 'default' },
        spec: {
          containers: [
            {
              name: 'counter',
              image: 'docker.io/library/busybox:latest',
              command: ['sh', '-c', 'i=0; while true; do echo $i; i=$((i+1)); sleep 1; done'],
            },
          ],
          restartPolicy: 'Never',
        },
      },
    ])
  })

  test('the account, its role and what binds them', () => {
    expect(documents(makeCommands('create', { way: 'token' }), 'rbac')).toEqual([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'forensics' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'checkpointer', namespace: 'forensics' } },
      role,
      {
        apiVersion: `${API}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'container-checkpointer' },
        roleRef: { apiGroup: API, kind: 'ClusterRole', name: 'container-checkpointer' },
        subjects: [{ kind: 'ServiceAccount', name: 'checkpointer', namespace: 'forensics' }],
      },
    ])
    expect(documents(makeCommands('create', { way: 'proxy' }), 'allow-api-server')).toEqual([role])
  })

  test('the policy that cuts restored pods off', () => {
    expect(documents(makeCommands('restore', PLACE, KNOWN), 'isolate')).toEqual([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'restored-checkpoints-deny-all', namespace: 'shop' },
        spec: {
          podSelector: { matchLabels: { 'restored-from-checkpoint': 'true' } },
          policyTypes: ['Ingress', 'Egress'],
        },
      },
    ])
  })

  test('the restored pod', () => {
    const options: CommandOptions = { ...PLACE, image: 'registry.example/c:1', isolate: false }
    expect(documents(makeCommands('restore', options, KNOWN), 'pod')).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web-0-restored', namespace: 'shop', labels: { 'restored-from-checkpoint': 'true' } },
        spec: {
          nodeSelector: { 'kubernetes.io/arch': 'amd64' },
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'app',
              image: 'registry.example/c:1',
              stdin: true,
              tty: true,
              volumeMounts: [
                { name: 'mount-1', mountPath: '/data' },
                { name: 'mount-2', mountPath: '/etc/app', readOnly: true },
                { name: 'mount-3', mountPath: '/keys', readOnly: true },
                { name: 'mount-4', mountPath: '/host' },
                { name: 'mount-5', mountPath: '/claim' },
              ],
            },
          ],
          volumes: [
            { name: 'mount-1', emptyDir: {} },
            { name: 'mount-2', configMap: { name: 'no' } },
            { name: 'mount-3', secret: { secretName: '1e3' } },
            { name: 'mount-4', hostPath: { path: '/srv/# x' } },
            { name: 'mount-5', emptyDir: {} },
          ],
          restartPolicy: 'Never',
        },
      },
    ])
  })

  test('the pod for the operator', () => {
    const options = { ...PLACE, source: 'operator', archive: '/srv/a b: #.tar', node: 'node-1' } as const
    const quiet = { ...KNOWN, mounts: [], hasToken: true, hasTerminal: false }
    expect(documents(makeCommands('restore', options, quiet), 'pod')).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'web-0-restored',
          namespace: 'shop',
          labels: { 'restored-from-checkpoint': 'true' },
          annotations: { 'restore.criu.org/checkpoint-path.app': '/srv/a b: #.tar' },
        },
        spec: {
          nodeName: 'node-1',
          containers: [{ name: 'app', image: 'docker.io/library/busybox:latest' }],
          restartPolicy: 'Never',
        },
      },
    ])
  })
})

const FILES = ['counters.yaml', 'checkpointer.yaml', 'checkpoint-role.yaml', 'deny-all.yaml', 'restore.yaml']

test('every manifest of every form reads back, and there are no others', () => {
  const found = new Map<string, Set<string>>()
  const evidence: Known = { ...KNOWN, suggestions: { archive: { value: '/srv/a.tar', origin: '' } } }
  for (const { steps } of catalogue({}, ({ engine }) => ({
    ...evidence,
    engine: engine === 'containerd' ? engine : 'CRI-O',
  })))
    for (const { files } of steps)
      for (const file of files) {
        if (typeof file.content === 'string') continue
        const texts = found.get(file.name) ?? new Set()
        if (!texts.has(fileText(file))) expect(read(fileText(file))).toEqual(file.content)
        found.set(file.name, texts.add(fileText(file)))
      }
  expect([...found.keys()].sort()).toEqual([...FILES].sort())
})

interface Pod {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: {
    readonly containers: readonly { readonly image: string; readonly volumeMounts?: readonly { mountPath: string }[] }[]
    readonly volumes?: readonly { readonly hostPath?: { readonly path: string } }[]
  }
}

test('the restored pod has hostile paths as they are, or says that it has not', () => {
  const path = hostileText().map((text) => `/x${text}`)
  fc.assert(
    fc.property(fc.array(path, { maxLength: 4 }), path, path, (paths, from, archive) => {
      const mounts = paths.map((destination) => ({ destination, readOnly: false, kind: 'hostPath', from }) as const)
      const options = { ...PLACE, isolate: false, source: 'operator', archive } as const
      const commands = makeCommands('restore', options, { ...KNOWN, mounts })
      if (commands.refusals.length > 0) return
      const [pod] = documents(commands, 'pod') as [Pod]
      const declared = paths.filter((one) => one.isWellFormed() && !one.includes(':'))
      const [container] = pod.spec.containers
      expect((container?.volumeMounts ?? []).map(({ mountPath }) => mountPath)).toEqual(declared)
      const sources = (pod.spec.volumes ?? []).map(({ hostPath }) => hostPath?.path)
      expect(sources).toEqual(declared.map(() => (from.isWellFormed() ? from : undefined)))
      expect(pod.metadata.annotations).toEqual({ 'restore.criu.org/checkpoint-path.app': archive })
      const warnings = commands.steps.find(({ id }) => id === 'pod')?.warnings.join('\n') ?? ''
      for (const one of paths) if (!declared.includes(one)) expect(warnings).toContain(one)
    }),
    { numRuns: 200 },
  )
})
