/**
 * Checkpoints by the kubelet: POST /checkpoint/<namespace>/<pod>/<container> on port 10250 (KEP-2008), asked directly
 * with a certificate or a token, or through the API server.
 */
import { ACCOUNT, ACCOUNT_NAMESPACE, accountManifests, clusterRole, ROLE } from './rbac.ts'
import { ADDRESS, ANSWER, ANSWERED, collect, findNode, NODE, onNode, showNode, TIME } from './collect.ts'
import { criuOptions } from './criu-options.ts'
import type { CommandInput } from './input.ts'
import { hostOf } from './names.ts'
import type { Argv, Line, Word } from './shell.ts'
import { run, step, type Step } from './step.ts'

/** Seconds that curl and kubectl wait longer than the engine. */
const GRACE = 30
/** What the engine waits when nothing is said, seconds. */
const ENGINE_TIMEOUT = 120

const PKI = '/etc/kubernetes/pki'
const CERTIFICATE = 'client-admin.crt'
const KEY = 'client-admin.key'
const AUTHORITY = 'cluster-ca.crt'

export function createByKubelet(input: CommandInput): Step[] {
  const steps = input.way === 'proxy' ? throughApiServer(input) : directly(input)
  return [...steps, criuStep(input)]
}

/** Address for curl and ssh. On a control-plane node that runs the container itself none is needed. */
function addressOf({ way, address }: CommandInput): Word | undefined {
  if (address !== '') return address
  return way === 'certificate' ? undefined : [ADDRESS]
}

function directly(input: CommandInput): Step[] {
  const address = addressOf(input)
  return [
    ...(address === undefined ? [showNode(input)] : typeof address === 'object' ? [findNode(input, ['ADDRESS'])] : []),
    ...credentials(input),
    askStep(input, address),
    ...collect({ address, path: ANSWERED }),
    ...forgetStep(input),
  ]
}

function askStep(input: CommandInput, address: Word | undefined): Step {
  const isHere = address === undefined
  return step({
    id: 'checkpoint',
    title: 'Make the checkpoint',
    why: `One POST request to the kubelet${isHere ? ' of this node' : ''}; its answer names the archive. HTTP 200 is success, 401 and 403 a matter of rights, 404 a container that does not run or an API that is off, 500 a failure of the engine with its reason.`,
    lines: [TIME, askLine(input, address ?? 'localhost')],
    warnings: [
      ...(isHere
        ? [
            'This asks the kubelet of the machine where it is run. If the container is on another node, give its address.',
          ]
        : []),
      ...(input.way === 'token' && !input.verify
        ? [
            'The kubelet’s certificate is not checked: whoever sits between could take the token. It only allows checkpoints and ends after ten minutes.',
          ]
        : []),
    ],
  })
}

function askLine(input: CommandInput, address: Word): Line {
  const { namespace, pod, container, timeout, way } = input
  const path = `:10250/checkpoint/${namespace}/${pod}/${container}${timeout === '' ? '' : `?timeout=${timeout}`}`
  const host = typeof address === 'string' ? bracketed(hostOf(address)) : address
  const url: Word = typeof host === 'string' ? `https://${host}${path}` : ['https://', ...host, path]
  const proof = proofOf(input)
  const before: Argv = [
    ...(way === 'certificate' ? ['sudo'] : []),
    'curl',
    '--silent',
    '--show-error',
    '--request',
    'POST',
  ]
  const after: Argv = ['--max-time', String(patience(timeout)), '--write-out', '\\nHTTP %{http_code}\\n', url]
  const tee: Argv = ['tee', ANSWER]
  const windowsTee: Argv = ['Tee-Object', '-FilePath', ANSWER]
  if (way !== 'token') return { pipeline: [[...before, ...proof, ...after], tee] }
  const token: Word = ['Authorization: Bearer ', { variable: 'TOKEN' }]
  return {
    // Through a pipe, since everybody on the machine can read the arguments of a process.
    pipeline: [['printf', '%s\\n', token], [...before, ...proof, '--header', '@-', ...after], tee],
    windows: [[...before, ...proof, '--header', token, ...after], windowsTee],
  }
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function patience(timeout: string): number {
  return (timeout === '' ? ENGINE_TIMEOUT : Number(timeout)) + GRACE
}

/** Arguments of curl: who asks, and how the kubelet proves who it is. */
function proofOf({ way, verify }: CommandInput): Argv {
  const authority = way === 'certificate' ? `${PKI}/ca.crt` : AUTHORITY
  const server = verify ? ['--cacert', authority] : ['--insecure']
  if (way === 'certificate')
    return [...server, '--cert', `${PKI}/apiserver-kubelet-client.crt`, '--key', `${PKI}/apiserver-kubelet-client.key`]
  return way === 'kubeconfig' ? [...server, '--cert', CERTIFICATE, '--key', KEY] : server
}

function credentials(input: CommandInput): Step[] {
  const authority =
    input.verify && input.way !== 'certificate'
      ? [fromKubeconfig('clusters[0].cluster.certificate-authority-data', AUTHORITY)]
      : []
  if (input.way === 'token') return [rbacStep(), tokenStep(authority)]
  if (input.way === 'kubeconfig') return [certificateStep(authority)]
  return [
    step({
      id: 'certificate',
      title: 'Look at the certificate',
      why: 'On a control-plane node made by kubeadm the API server’s own certificate for kubelets lies here; other nodes and other installers have none. kubeadm puts it into system:masters, from 1.29 on into kubeadm:cluster-admins: both may make checkpoints.',
      lines: [
        run('sudo', 'openssl', 'x509', '-noout', '-subject', '-enddate', '-in', `${PKI}/apiserver-kubelet-client.crt`),
      ],
      warnings: [
        'Run this on a control-plane node. Where the certificate is only bound to system:kubelet-api-admin the answer is 403: that role lacks nodes/checkpoint. Use a service account token.',
      ],
    }),
  ]
}

function fromKubeconfig(path: string, file: string): Line {
  return {
    pipeline: [
      ['kubectl', 'config', 'view', '--raw', '--minify', '--output', `jsonpath={.${path}}`],
      ['base64', '-d'],
    ],
    into: file,
  }
}

function certificateStep(authority: readonly Line[]): Step {
  return step({
    id: 'certificate',
    title: 'Take the certificate out of the kubeconfig',
    why: 'Only for kubeconfigs with a certificate inside. The last line shows whose it is, and fails when there was none.',
    lines: [
      fromKubeconfig('users[0].user.client-certificate-data', CERTIFICATE),
      // Made before it is filled, so that nobody else can ever read it.
      run('install', '-m', '600', '/dev/null', KEY),
      fromKubeconfig('users[0].user.client-key-data', KEY),
      ...authority,
      run('openssl', 'x509', '-noout', '-subject', '-enddate', '-in', CERTIFICATE),
    ],
    warnings: [
      'EKS, GKE, AKS and logins by OIDC or a plugin have no certificate in the kubeconfig: the files stay empty. Use a service account token or the API server.',
    ],
  })
}

function rbacStep(): Step {
  return step({
    id: 'rbac',
    title: 'Allow it',
    why: 'An account that may make checkpoints and nothing else: create on nodes/checkpoint. Rights on nodes/proxy alone give 403 here. The kubelet must ask the API server about tokens and rights (webhook mode, as kubeadm sets it up).',
    files: [{ name: 'checkpointer.yaml', content: accountManifests() }],
    lines: [run('kubectl', 'apply', '--filename', 'checkpointer.yaml')],
  })
}

function tokenStep(authority: readonly Line[]): Step {
  const create = run('kubectl', '--namespace', ACCOUNT_NAMESPACE, 'create', 'token', ACCOUNT, '--duration=10m')
  return step({
    id: 'token',
    title: 'Get a token',
    why: 'Good for ten minutes. It stays in a variable of the shell, and is handed to curl through a pipe: arguments can be read by every user of the machine.',
    lines: [{ ...create, assign: 'TOKEN' }, ...authority],
  })
}

function forgetStep({ way, verify }: CommandInput): Step[] {
  const files = [
    ...(way === 'kubeconfig' ? [CERTIFICATE, KEY] : []),
    ...(verify && way !== 'certificate' ? [AUTHORITY] : []),
  ]
  if (way === 'kubeconfig')
    return [
      step({
        id: 'forget',
        title: 'Remove the key',
        why: 'The key opens the cluster to whoever reads it.',
        lines: [run('rm', '-f', '--', ...files)],
      }),
    ]
  if (way !== 'token') return []
  return [
    step({
      id: 'forget',
      title: 'Take the rights back',
      why: 'Removes account, role and binding; the namespace stays, others may use it.',
      isAside: true,
      lines: [
        run('kubectl', 'delete', 'clusterrolebinding', ROLE),
        run('kubectl', 'delete', 'clusterrole', ROLE),
        run('kubectl', '--namespace', ACCOUNT_NAMESPACE, 'delete', 'serviceaccount', ACCOUNT),
        ...(files.length > 0 ? [run('rm', '-f', '--', ...files)] : []),
      ],
    }),
  ]
}

function throughApiServer(input: CommandInput): Step[] {
  const { namespace, pod, container, node, address, timeout } = input
  const path = `/proxy/checkpoint/${namespace}/${pod}/${container}${timeout === '' ? '' : `?timeout=${timeout}`}`
  const url: Word = node === '' ? ['/api/v1/nodes/', NODE, path] : `/api/v1/nodes/${node}${path}`
  const wait = `--request-timeout=${patience(timeout)}s`
  const missing = [...(node === '' ? (['NODE'] as const) : []), ...(address === '' ? (['ADDRESS'] as const) : [])]
  const ask = (...file: string[]): Argv => ['kubectl', 'create', '--raw', url, wait, '--filename', ...file]
  return [
    ...(missing.length > 0 ? [findNode(input, missing)] : []),
    step({
      id: 'checkpoint',
      title: 'Make the checkpoint',
      why: 'Needs no way to port 10250: the API server asks the kubelet. kubectl create sends POST, as it must be; kubectl get --raw sends GET and fails.',
      lines: [
        TIME,
        {
          pipeline: [ask('/dev/null'), ['tee', ANSWER]],
          windows: [['$null'], ask('-'), ['Tee-Object', '-FilePath', ANSWER]],
        },
      ],
      warnings: [
        'Whoever may create nodes/proxy can run commands in every pod of the node: that is close to root on it. Prefer a token for nodes/checkpoint where port 10250 can be reached.',
      ],
    }),
    step({
      id: 'allow-api-server',
      title: 'If it answers 403',
      why: 'The kubelet asks whether the API server itself may do this. On kubeadm it may. Where its certificate is bound only to system:kubelet-api-admin it may not, until this is done.',
      isAside: true,
      files: [{ name: 'checkpoint-role.yaml', content: [clusterRole(['nodes/checkpoint'])] }],
      lines: [
        run('kubectl', 'apply', '--filename', 'checkpoint-role.yaml'),
        run(
          'kubectl',
          'create',
          'clusterrolebinding',
          'kubelet-checkpoint',
          `--clusterrole=${ROLE}`,
          '--user=kube-apiserver-kubelet-client',
        ),
      ],
    }),
    ...collect({ address: address === '' ? [ADDRESS] : address, path: ANSWERED }),
  ]
}

function criuStep(input: CommandInput): Step {
  const { runtime, criu } = input
  const file = `${runtime}.conf`
  const options = criuOptions(criu)
  const target = `/etc/criu/${file}`
  const address = addressOf(input)
  return step({
    id: 'criu-options',
    title: 'Set CRIU options on the node',
    why: `The kubelet’s API passes no options on. ${runtime} has CRIU read ${target} at every dump on that node, one option a line: tcp-established when there are connections, file-locks when files are locked, ghost-limit 1G when a deleted file is larger than the limit. Never images-dir: the archive would have no images.`,
    isAside: true,
    files: [
      { name: file, content: `${(options.length > 0 ? options : ['tcp-established', 'file-locks']).join('\n')}\n` },
    ],
    lines: [
      run(...onNode(address, ['sudo', 'mkdir', '-p', '/etc/criu'])),
      { pipeline: [['cat', file], onNode(address, ['sudo', 'tee', target])] },
    ],
    warnings: [
      `This replaces ${target} and holds for every checkpoint of the node until the file is removed. Do it before the checkpoint.`,
    ],
  })
}
