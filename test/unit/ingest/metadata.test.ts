import { describe, expect, test } from 'vitest'
import { readMetadata } from '../../../src/ingest/metadata.ts'
import { isAbsent } from '../../../src/model/absent.ts'
import { evidenceOf, imageBytes } from '../../builders/small-evidence.ts'

const HOSTILE = [
  '',
  'null',
  '[]',
  '"x"',
  '7',
  '{"id":7,"name":[],"runtime":{},"createdTime":5,"checkpointedTime":"soon","rootfsImageName":true}',
  '{"annotations":[1,2],"process":"p","mounts":{"a":1},"linux":[],"root":null,"hooks":7}',
  '{"annotations":{"io.container.manager":9},"mounts":[1,null,{"destination":{}}],"process":{"args":{},"user":5}}',
  '{"StartedAt":1e999,"CreatedAt":-5,"state":99,"Pid":"x"}',
  '{"podman":{"interfaces":[1]},"b":7,"c":{"interfaces":{"eth0":{"subnets":[{"ipnet":5}],"mac_address":[]}}}}',
  '\ufeff{"id":"x"',
]

describe('readMetadata', () => {
  test.each(HOSTILE)('JSON of a wrong shape never throws and gives reasons: %j', async (text) => {
    const names = [
      'config.dump',
      'spec.dump',
      'status',
      'status.dump',
      'network.status',
      'bind.mounts',
      'deleted.files',
    ]
    const metadata = await readMetadata(evidenceOf(Object.fromEntries(names.map((name) => [name, text]))))
    for (const fact of [metadata.image, metadata.runtime, metadata.created, metadata.checkpointed, metadata.started]) {
      expect(isAbsent(fact.value)).toBe(true)
    }
  })

  test('a value that makes no sense is noted where it stands', async () => {
    const evidence = evidenceOf({ 'config.dump': '{"id":[],"name":{"a":1},"runtime":"runc"}' })
    await readMetadata(evidence)
    const noted = evidence.diagnostics.filter(({ code }) => code === 'metadata-value')
    expect(noted.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('/id is array'), expect.stringContaining('/name is object')]),
    )
    expect(noted.every(({ origin }) => origin?.member === 0)).toBe(true)
  })

  test('a time of the wrong form is noted when another source has a good one', async () => {
    const evidence = evidenceOf({
      'config.dump': '{"createdTime":"yesterday"}',
      status: '{"CreatedAt":1700000000000000000}',
    })
    const { created } = await readMetadata(evidence)
    expect(created.value).toBe('2023-11-14T22:13:20.000000000Z')
    const noted = evidence.diagnostics.filter(({ code }) => code === 'metadata-value')
    expect(noted).toMatchObject([
      {
        message: 'the value in config.dump at /createdTime is not a time in RFC 3339: yesterday',
        origin: { member: 0 },
      },
    ])
  })

  test('of an engine that is not known nothing is claimed', async () => {
    const { pod, started } = await readMetadata(evidenceOf({ 'notes.txt': 'x' }))
    expect(pod.value).toEqual({ absent: 'not-recorded', why: 'nothing that could be read notes the name of the pod' })
    expect(started.value).toMatchObject({ absent: 'not-recorded' })
  })

  test('an archive without anything says why for every value', async () => {
    const metadata = await readMetadata(evidenceOf({ 'notes.txt': 'x' }))
    for (const [key, value] of Object.entries(metadata) as [string, object][]) {
      const inner: unknown = 'value' in value ? value.value : value
      if (Array.isArray(inner)) continue
      expect(isAbsent(inner), key).toBe(true)
    }
  })

  test.each([
    ['{"annotations":{"io.container.manager":"libpod"}}', {}, 'Podman'],
    ['{"annotations":{"io.container.manager":"cri-o"}}', { 'status.dump': '{}' }, 'CRI-O'],
    ['{"annotations":{"io.kubernetes.cri.sandbox-name":"p"}}', { 'ctr.log': '' }, 'containerd'],
    ['{}', { 'status.dump': '{}' }, 'containerd'],
    ['{}', { 'bind.mounts': '[]' }, 'CRI-O'],
    ['{}', { 'ctr.log': '' }, 'Podman'],
    ['{"root":{"path":"/var/lib/docker/overlay2/x/merged"}}', {}, 'Docker'],
    ['{"annotations":{"io.container.manager":"__proto__"}}', {}, undefined],
  ])('engine of %s with %j', async (spec, members, engine) => {
    const { value } = (await readMetadata(evidenceOf({ 'spec.dump': spec, ...members }))).engine
    if (engine === undefined) expect(isAbsent(value)).toBe(true)
    else expect(value).toBe(engine)
  })

  test('annotations of an OCI image name what the archive does not', async () => {
    const annotations = [
      { key: 'org.criu.checkpoint.engine.name', value: 'cri-o', from: 'index.json' },
      { key: 'org.criu.checkpoint.container.name', value: 'web', from: 'index.json' },
      { key: 'org.criu.checkpoint.criu.version', value: '4.1', from: 'index.json' },
    ]
    const metadata = await readMetadata(evidenceOf({ 'config.dump': '{}' }, { annotations, shape: 'oci-layout' }))
    expect(metadata.engine.value).toBe('CRI-O')
    expect(metadata.container.value).toBe('web')
    expect(metadata.criuVersion.value).toBe('4.1')
  })

  test('several networks, interfaces and addresses of Podman are all listed', async () => {
    const status = {
      front: {
        interfaces: {
          eth0: {
            subnets: [{ ipnet: '10.1.0.2/24', gateway: '10.1.0.1' }, { ipnet: 'fd00::2/64' }],
            mac_address: 'aa:bb',
          },
        },
      },
      back: { interfaces: { eth1: { subnets: [{ ipnet: '10.2.0.2/24' }] }, eth2: {} } },
    }
    const { interfaces } = await readMetadata(evidenceOf({ 'network.status': JSON.stringify(status) }))
    if (isAbsent(interfaces)) throw new Error(interfaces.why)
    expect(interfaces.map(({ name, network, addresses, gateways }) => [name, network, addresses, gateways])).toEqual([
      ['eth0', 'front', ['10.1.0.2/24', 'fd00::2/64'], ['10.1.0.1']],
      ['eth1', 'back', ['10.2.0.2/24'], []],
      ['eth2', 'back', [], []],
    ])
    expect(interfaces[1]?.from?.path).toBe('/back/interfaces/eth1')
  })

  test('labels inside CRI-O’s annotation unfold, also hostile ones', async () => {
    const spec = {
      annotations: {
        'io.kubernetes.cri-o.Labels': '{"a":"1","__proto__":"2","n":3}',
        'io.kubernetes.cri-o.Metadata': 'no json',
      },
    }
    const { labels, annotations } = await readMetadata(evidenceOf({ 'spec.dump': JSON.stringify(spec) }))
    expect(labels.map(({ key, value }) => [key, value])).toEqual([
      ['a', '1'],
      ['__proto__', '2'],
      ['n', '3'],
    ])
    expect(annotations.map((item) => item.isJson)).toEqual([true, false])
  })

  test('a log that never finished and its errors become diagnostics with offsets', async () => {
    const log =
      '(00.000001) Version: 4.1.1\n(00.000002) Running on my host Linux 6.1\n(00.100000) Error (x.c:1): boom\u001b[2J\n'
    const evidence = evidenceOf({ 'dump.log': log })
    const metadata = await readMetadata(evidence)
    expect(metadata.criuVersion).toEqual({ value: '4.1.1', from: { origin: { member: 0, offset: 0, length: 26 } } })
    expect(evidence.diagnostics.map((item) => [item.code, item.origin?.offset])).toContainEqual(['dump-log-error', 68])
    expect(evidence.diagnostics.find((item) => item.code === 'dump-log-error')?.message).not.toContain('\u001b')
    expect(evidence.diagnostics.map((item) => item.code)).toContain('dump-log-unfinished')
  })

  test('inventory facts and omissions follow the dump', async () => {
    const inventory = imageBytes(0x58313116, [0x08, 0x02, 0x50, 0x01]).subarray(4)
    const netns = imageBytes(0x55933752, [0x42, 0x03, 0x6b, 0x65, 0x79])
    const metadata = await readMetadata(
      evidenceOf({
        'checkpoint/inventory.img': inventory,
        'checkpoint/netns-1.img': netns,
        'checkpoint/parent': { type: 'symlink', linkTarget: '../pre' },
        'status.dump': '{}',
      }),
    )
    expect(metadata.imageFormat.value).toBe('1.1')
    expect(metadata.more.find((item) => item.label === 'TCP connections')?.fact.from?.path).toBe('tcp_close')
    const omitted = metadata.omissions.map((item) => item.id)
    expect(omitted).toEqual(
      expect.arrayContaining(['external-network', 'tcp-closed', 'parent-pages', 'other-containers']),
    )
    expect(omitted).not.toContain('rootfs-diff-missed')
  })
})
