/** Making checkpoints: exact arguments of the lines that matter, and mistakes that are caught before they are made. */
import { describe, expect, test } from 'vitest'
import { makeCommands, type Commands } from '../../../src/commands/commands.ts'
import { fields } from '../../../src/commands/fields.ts'
import { defaults, ways, type CommandOptions } from '../../../src/commands/input.ts'
import { powershellText } from '../../../src/commands/powershell.ts'
import { blockText, scriptText } from '../../../src/commands/render.ts'
import { lineText, type Argv } from '../../../src/commands/shell.ts'
import { yamlText } from '../../../src/commands/yaml.ts'

const create = (options: CommandOptions): Commands => makeCommands('create', options)

/** The argument vectors of a tool, in order. */
function calls({ steps }: Commands, tool: string): Argv[] {
  const all = steps.flatMap(({ lines }) => lines.flatMap(({ pipeline }) => pipeline))
  return all.filter((argv) => argv[argv[0] === 'sudo' ? 1 : 0] === tool)
}

const TARGET = { namespace: 'shop', pod: 'web-0', container: 'app', address: '192.0.2.7' } as const
const CURL = ['curl', '--silent', '--show-error', '--request', 'POST']
const AFTER = ['--write-out', '\\nHTTP %{http_code}\\n']

describe('the kubelet is asked', () => {
  test('with the certificate of kubeadm', () => {
    expect(calls(create({ way: 'certificate', ...TARGET }), 'curl')).toEqual([
      [
        'sudo',
        ...CURL,
        '--insecure',
        '--cert',
        '/etc/kubernetes/pki/apiserver-kubelet-client.crt',
        '--key',
        '/etc/kubernetes/pki/apiserver-kubelet-client.key',
        '--max-time',
        '150',
        ...AFTER,
        'https://192.0.2.7:10250/checkpoint/shop/web-0/app',
      ],
    ])
  })

  test('with the certificate of the kubeconfig, checked against the cluster', () => {
    const commands = create({ way: 'kubeconfig', ...TARGET, verify: true, timeout: '600' })
    expect(calls(commands, 'curl')).toEqual([
      [
        ...CURL,
        '--cacert',
        'cluster-ca.crt',
        '--cert',
        'client-admin.crt',
        '--key',
        'client-admin.key',
        '--max-time',
        '630',
        ...AFTER,
        'https://192.0.2.7:10250/checkpoint/shop/web-0/app?timeout=600',
      ],
    ])
    expect(blockText(commands)).toContain(
      "kubectl config view --raw --minify --output 'jsonpath={.users[0].user.client-key-data}' | base64 -d > client-admin.key\n",
    )
    expect(calls(commands, 'rm')).toEqual([
      ['rm', '-f', '--', 'client-admin.crt', 'client-admin.key', 'cluster-ca.crt'],
    ])
  })

  test('with a token, which never is an argument of a process', () => {
    const commands = create({ way: 'token', ...TARGET })
    expect(blockText(commands)).toContain(
      'printf \'%s\\n\' "Authorization: Bearer ${TOKEN:?}" | curl --silent --show-error --request POST --insecure --header @- ',
    )
    expect(JSON.stringify(calls(commands, 'curl'))).not.toContain('TOKEN')
    const manifests = commands.steps.find(({ id }) => id === 'rbac')?.files[0]?.content
    expect(typeof manifests === 'object' && yamlText(manifests)).toContain('- nodes/checkpoint\n  verbs:\n  - create\n')
  })

  test('through the API server, with POST', () => {
    const commands = create({ way: 'proxy', ...TARGET, node: 'node-1' })
    expect(calls(commands, 'kubectl')[0]).not.toContain('get')
    expect(blockText(commands)).toContain(
      'kubectl create --raw /api/v1/nodes/node-1/proxy/checkpoint/shop/web-0/app --request-timeout=150s --filename /dev/null | tee checkpoint-answer.json\n',
    )
    expect(commands.steps.flatMap(({ warnings }) => warnings).join()).toContain('nodes/proxy')
  })

  test('at an IPv6 address', () => {
    const url = calls(create({ way: 'certificate', ...TARGET, address: '2001:db8::1' }), 'curl')[0]?.at(-1)
    expect(url).toBe('https://[2001:db8::1]:10250/checkpoint/shop/web-0/app')
  })

  test('where the pod runs, when nobody said where', () => {
    const text = blockText(create({ way: 'token', pod: 'web-0' }))
    expect(text).toContain(
      "ADDRESS=$(kubectl get pod --namespace default --output 'jsonpath={.status.hostIP}' -- web-0)\n",
    )
    expect(text).toContain('"https://${ADDRESS:?}:10250/checkpoint/default/web-0/counter"')
  })
})

test('the archive is fetched with its hash from both ends', () => {
  const text = blockText(create({ way: 'token', ...TARGET }))
  const order = [
    `ARCHIVE=$(sed -n 's/.*"items":\\["\\(\\/[A-Za-z0-9._:\\/+-]*\\)"\\].*/\\1/p' checkpoint-answer.json)\n`,
    'ARCHIVE_NAME=$(basename -- "${ARCHIVE:?}")\n',
    `SEAL=$(ssh -- 192.0.2.7 "sudo sha256sum -- '\${ARCHIVE:?}'" | sed 's| .*/|  |')\n`,
    `printf '%s\\n' "\${SEAL:?}" > "\${ARCHIVE_NAME:?}.sha256"\n`,
    `ssh -- 192.0.2.7 "sudo cat -- '\${ARCHIVE:?}'" > "\${ARCHIVE_NAME:?}"\n`,
    'sha256sum --check -- "${ARCHIVE_NAME:?}.sha256"\n',
  ].map((line) => text.indexOf(line))
  expect(order).not.toContain(-1)
  expect(order).toEqual([...order].sort((a, b) => a - b))
})

describe('tools on the node', () => {
  test('Podman has all its options', () => {
    const made = create({
      way: 'podman',
      containerId: 'web_1',
      nodePath: '/srv/cp.tar.zst',
      tcpEstablished: true,
      fileLocks: true,
      ignoreRootfs: true,
      ignoreVolumes: true,
      printStats: true,
      keep: true,
    })
    const options = '--leave-running --tcp-established --file-locks --print-stats --keep'
    expect(blockText(made)).toContain(
      `sudo podman container checkpoint --compress=zstd ${options} --ignore-rootfs --ignore-volumes --export=/srv/cp.tar.zst web_1\n`,
    )
    // Podman takes the two that leave something out with --export only.
    expect(made.steps.find(({ id }) => id === 'as-image')?.lines.map(lineText)).toEqual([
      `sudo podman container checkpoint ${options} --create-image=localhost/checkpoint:latest web_1`,
    ])
  })

  test('Podman dumps memory first when asked to', () => {
    const text = blockText(create({ way: 'podman', preCheckpoint: true, compress: 'none' }))
    expect(text).toContain('checkpoint --pre-checkpoint --compress=none --export=/srv/pre-checkpoint.tar counter\n')
    expect(text).toContain(
      'checkpoint --with-previous --compress=none --leave-running --export=/srv/checkpoint.tar counter\n',
    )
  })

  test.each([
    ['zstd', '/srv/checkpoint.tar.zst'],
    ['gzip', '/srv/checkpoint.tar.gz'],
    ['none', '/srv/checkpoint.tar'],
  ] as const)('an archive of Podman compressed with %s is named and fetched so', (compress, path) => {
    const text = blockText(create({ way: 'podman', compress, address: 'node-1' }))
    const name = path.slice(5)
    expect(text).toContain(`--export=${path} counter`)
    expect(text).toContain(`'sudo cat -- ${path}' > ${name}\n`)
    expect(text).toContain(`> ${name}.sha256\n`)
    expect(text).toContain(`sha256sum --check -- ${name}.sha256\n`)
  })

  test('a copy on the node itself never overwrites, which would empty an archive that lies in the same folder', () => {
    expect(blockText(create({ way: 'certificate' }))).toContain('| dd "of=${ARCHIVE_NAME:?}" conv=excl status=none\n')
    expect(blockText(create({ way: 'podman' }))).toContain(
      'sudo cat -- /srv/checkpoint.tar.zst | dd of=checkpoint.tar.zst conv=excl status=none\n',
    )
  })

  test('the folder of Docker is packed and fetched', () => {
    const text = blockText(create({ way: 'docker' }))
    expect(text).toContain("CONTAINER=$(sudo docker inspect '--format={{.Id}}' -- counter)\n")
    expect(text).toContain(
      'sudo tar -C "/var/lib/docker/containers/${CONTAINER:?}/checkpoints/checkpoint1" -cf /srv/checkpoint.tar .\n',
    )
    expect(text).toContain('sha256sum --check -- checkpoint.tar.sha256\n')
  })

  test('a path that says another compression is warned of', () => {
    const warnings = (nodePath: string) =>
      create({ way: 'podman', nodePath })
        .steps.find(({ id }) => id === 'checkpoint')
        ?.warnings.join()
    expect(warnings('/srv/a.tar')).toContain('give the path that ending')
    expect(warnings('/srv/a.tar.gz')).toContain('.tar.zst')
    expect(warnings('/srv/a.tar.zst')).not.toContain('ending')
    expect(warnings('/srv/evidence')).not.toContain('ending')
  })

  test.each([
    ['crictl', 'sudo crictl --timeout=120s checkpoint --export=/srv/checkpoint.tar "${CONTAINER:?}"\n'],
    ['ctr', 'sudo ctr --namespace k8s.io containers checkpoint --rw --image --task "${CONTAINER:?}" '],
    ['nerdctl', 'sudo nerdctl checkpoint create --leave-running counter checkpoint1\n'],
    ['docker', 'sudo docker checkpoint create --leave-running counter checkpoint1\n'],
    [
      'runc',
      'sudo runc checkpoint --image-path=/srv/checkpoint.images/checkpoint --work-path=/srv/checkpoint.work --leave-running --ext-unix-sk --shell-job counter\n',
    ],
    ['crun', 'sudo crun checkpoint --image-path='],
    ['operator', 'checkpoint.criu.org/trigger=true'],
  ] as const)('%s', (way, line) => {
    expect(blockText(create({ way }))).toContain(line)
  })
})

describe('mistakes are caught', () => {
  test.each<[string, CommandOptions, string]>([
    ['an address for a name', { address: 'https://node:10250/' }, 'without https://'],
    ['a port', { address: 'node-1:10250' }, 'without a port'],
    ['kind and name', { pod: 'pod/counters' }, 'only the last part'],
    ['an id for a name', { container: 'containerd://0123' }, 'not a name'],
    ['a capital', { pod: 'Counters' }, 'capital C'],
    ['a look-alike', { namespace: 'defаult' }, 'U+0430, which looks like “a”'],
    ['something that cannot be seen', { namespace: 'default\u200b' }, 'U+200B'],
    ['a timeout with a unit', { timeout: '30s' }, 'whole seconds'],
    ['images-dir', { criu: 'tcp-established\nimages-dir /tmp' }, 'images-dir must not'],
    ['images-dir cut short', { criu: 'images /tmp' }, 'images must not'],
    ['no version', { engineVersion: 'newest' }, 'no version'],
  ])('%s', (_what, options, reason) => {
    const { steps, refusals } = create({ ...options })
    expect(steps).toEqual([])
    expect(refusals.map((refusal) => refusal.reason).join()).toContain(reason)
  })

  test.each([
    ['containerd://2.2.1', 'good', 'containerd 2.2.1 makes checkpoints'],
    ['containerd://1.7.27', 'bad', 'neither checkpoint nor restore'],
    ['cri-o://1.24.6', 'bad', 'before 1.25'],
    ['cri-o://1.29.4', 'warn', 'only when its CRIU support is switched on'],
    ['cri-o://1.34.0', 'good', 'CRI-O 1.34.0 makes checkpoints'],
    ['1.34.0', 'info', 'depends on which it is'],
    ['docker://20.10.1', 'info', 'depends on which it is'],
  ])('the engine %s', (engineVersion, tone, text) => {
    const { advice } = create({ engineVersion, engine: 'CRI-O' })
    const [found] = advice.filter(({ id }) => id === 'engine')
    expect(found?.tone).toBe(tone)
    expect(found?.text).toContain(text)
  })

  test('an engine that makes no checkpoints, a kubelet whose API is off', () => {
    const { advice } = create({ engineVersion: 'containerd://1.7.27', kubernetes: 'v1.29.3' })
    expect(advice.map(({ tone }) => tone)).toEqual(['warn', 'bad'])
    expect(create({ engineVersion: 'containerd://2.0.1', kubernetes: '1.30' }).advice.map(({ tone }) => tone)).toEqual([
      'good',
      'good',
    ])
  })

  test('what cannot be made has no commands', () => {
    expect(create({ engineVersion: 'containerd://1.7.27' }).steps).toEqual([])
    expect(create({ kubernetes: '1.24.17' }).steps).toEqual([])
    expect(create({ kubernetes: '1.29.3' }).steps).not.toEqual([])
    expect(create({ way: 'ctr', engineVersion: 'containerd://1.7.27' }).steps).not.toEqual([])
  })

  test.each<[string, CommandOptions, string]>([
    ['3.2.3', {}, 'compress'],
    ['3.4.4', { fileLocks: true }, 'fileLocks'],
    ['3.4.4', { printStats: true }, 'printStats'],
    ['2.2.1', { preCheckpoint: true, compress: 'gzip' }, 'preCheckpoint'],
    ['cri-o://1.34.0', {}, 'engineVersion'],
  ])('Podman %s has not all that is asked for', (engineVersion, options, field) => {
    expect(create({ way: 'podman', engineVersion, ...options })).toMatchObject({ steps: [], refusals: [{ field }] })
    expect(create({ way: 'podman', engineVersion: '5.4.2', ...options }).refusals).toEqual([])
  })

  test('Podman before 3.3 writes gzip without being asked, and no image before 4.1', () => {
    const made = create({ way: 'podman', engineVersion: '3.2.3', compress: 'gzip' })
    expect(blockText(made)).toContain('checkpoint --leave-running --export=/srv/checkpoint.tar.gz counter\n')
    expect(made.steps.map(({ id }) => id)).not.toContain('as-image')
  })

  test('an account for ssh is taken, and is no part of the kubelet’s address', () => {
    const text = blockText(create({ way: 'token', address: 'root@192.0.2.7' }))
    expect(text).toContain('ssh -- root@192.0.2.7 ')
    expect(text).toContain('https://192.0.2.7:10250/')
    expect(create({ address: '-o@192.0.2.7' }).refusals).toMatchObject([{ field: 'address' }])
  })

  test('every way to a pod says which node it is on', () => {
    for (const way of ['certificate', 'kubeconfig', 'token', 'proxy', 'operator', 'crictl', 'ctr'] as const)
      expect(
        create({ way }).steps.map(({ id }) => id),
        way,
      ).toContain('find-node')
  })

  test('the operator’s archive is found, fetched and sealed', () => {
    const text = blockText(create({ way: 'operator', ...TARGET }))
    expect(text).toContain('-name ')
    expect(text).toContain('checkpoint-web-0_shop-app-[0-9]')
    expect(text).toContain('sha256sum --check -- "${ARCHIVE_NAME:?}.sha256"\n')
  })

  test('options and values that scripts get wrong', () => {
    expect(() => create({ nmespace: 'x' } as CommandOptions)).toThrow('nmespace')
    expect(() => create({ way: 'telepathy' } as unknown as CommandOptions)).toThrow('certificate')
    expect(() => create({ verify: 'yes' } as unknown as CommandOptions)).toThrow('boolean')
  })
})

test('CRIU options go to the file of the runtime, one a line', () => {
  const { steps } = create({ runtime: 'crun', criu: '--tcp-established\n\nghost-limit 1G', ...TARGET })
  const criu = steps.find(({ id }) => id === 'criu-options')
  expect(criu?.files).toEqual([{ name: 'crun.conf', content: 'tcp-established\nghost-limit 1G\n' }])
  expect(criu?.isAside).toBe(true)
})

test('every value has a field', () => {
  expect(fields.map(({ id }) => id).sort()).toEqual(Object.keys(defaults).sort())
})

test.each(ways)('every step of %s has a reason, and no two the same id', (way) => {
  const { steps } = create({ way })
  expect(steps.every(({ why, lines }) => why !== '' && lines.length > 0)).toBe(true)
  expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
})

test('PowerShell has forms for a token and for the API server, with its own quoting', () => {
  const lines = (options: CommandOptions) =>
    create(options).steps.flatMap((step) => step.lines.map((line) => powershellText(line)))
  expect(lines({ way: 'token', ...TARGET })).toContain(
    "curl.exe --silent --show-error --request POST --insecure --header \"Authorization: Bearer ${TOKEN}\" --max-time 150 --write-out '\\nHTTP %{http_code}\\n' 'https://192.0.2.7:10250/checkpoint/shop/web-0/app' | Tee-Object -FilePath checkpoint-answer.json",
  )
  expect(lines({ way: 'proxy', ...TARGET, node: 'node-1' }).join('\n')).toContain('$null | kubectl create --raw ')
  expect(lines({ way: 'certificate', ...TARGET }).filter((text) => text?.includes('curl'))).toEqual([])
  expect(powershellText({ pipeline: [['kubectl', 'a\nb']] })).toBeUndefined()
  expect(powershellText({ pipeline: [['kubectl', `it's $x`]] })).toBe(`kubectl 'it''s $x'`)
})

test('a script stops at the first failure and leaves out what is only needed sometimes', () => {
  const commands = create({ way: 'token', ...TARGET })
  const script = scriptText(commands, 'Make a checkpoint')
  expect(script).toMatch(/^#!\/bin\/sh\n# Make a checkpoint\n/)
  expect(script).toContain('\nset -eu\n')
  const aside = commands.steps.find(({ isAside, id }) => isAside && id === 'clean-node')
  expect(aside).toBeDefined()
  for (const line of aside?.lines ?? []) expect(script).not.toContain(lineText(line))
})
