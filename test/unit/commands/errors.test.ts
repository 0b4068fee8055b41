import { describe, expect, test } from 'vitest'
import { MAX_PASTE, explainErrors, knownErrors, searchErrors } from '../../../src/commands/errors.ts'

/** Texts as the tools print them, by the entry that explains them. */
const REAL: Readonly<Record<string, readonly string[]>> = {
  'curl-option-as-url': [
    'curl: (3) URL rejected: Malformed input to a URL function',
    'curl: (6) Could not resolve host: --cert',
  ],
  'curl-self-signed': ['curl: (60) SSL certificate problem: self-signed certificate in certificate chain'],
  'curl-no-certificate': [
    'curl: (58) could not load PEM client certificate from client-admin.crt, OpenSSL error error:0480006C:PEM routines::no start line',
  ],
  'kubelet-unreachable': [
    'curl: (7) Failed to connect to localhost port 10250 after 0 ms: Couldn’t connect to server',
    'dial tcp 10.0.0.4:10250: connect: connection refused',
  ],
  'curl-no-answer': ['\nHTTP 000\n'],
  'kubelet-unauthorised': ['HTTP/2 401 Unauthorized', 'Unauthorized\n\nHTTP 401\n', 'Unauthorized', 'HTTP 401'],
  'kubelet-forbidden': [
    'Forbidden (user=system:serviceaccount:forensics:checkpointer, verb=create, resource=nodes, subresource=checkpoint)',
    'Error from server (Forbidden): nodes "n1" is forbidden: User "dev" cannot create resource "nodes/proxy" in API group "" at the cluster scope',
  ],
  'kubelet-method': ['405: Method Not Allowed', 'HTTP 405'],
  'kubelet-not-found': [
    '404 page not found',
    'container "x" not found in pod "web-0"',
    'HTTP 404',
    '< HTTP/2 404 ',
    'Error from server (NotFound): the server could not find the requested resource',
  ],
  'checkpoint-timeout': [
    'checkpointing of default/counters/counter failed (rpc error: code = DeadlineExceeded desc = context deadline exceeded)',
    'curl: (28) Operation timed out after 150001 milliseconds with 0 bytes received',
  ],
  'shell-variable-empty': [
    'bash: ARCHIVE: parameter null or not set',
    'dash: 1: ARCHIVE: parameter not set or null',
    'zsh: ARCHIVE: parameter not set',
  ],
  'sudo-terminal': [
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input',
    'sudo: a password is required',
  ],
  'hash-differs': ['sha256sum: WARNING: 1 computed checksum did NOT match'],
  'kubelet-failed': [
    'HTTP 500',
    'checkpointing of shop/web-0/app failed (rpc error: code = Unknown desc = x)',
    '< HTTP/1.1 500 Internal Server Error',
  ],
  'containerd-unimplemented': [
    'checkpointing of default/counters/counter failed (rpc error: code = Unimplemented desc = method CheckpointContainer not implemented)',
    'rpc error: code = Unimplemented desc = unknown method CheckpointContainer for service runtime.v1.RuntimeService',
  ],
  'containerd-restore-off': [
    'rpc error: code = Unknown desc = checkpoint restore via CreateContainer is disabled by configuration',
  ],
  'engine-no-support': [
    'checkpointing of default/counters/counter failed (rpc error: code = Unknown desc = checkpoint/restore support not available)',
  ],
  'crio-bind-mounts': ['Error: restoring "x" expects following bind mounts defined (/data)'],
  'started-as-image': [
    'Error: failed to generate container spec: exec: no command',
    'Error response: no command specified',
  ],
  'podman-run-checkpoint': [
    'Error: image quay.io/a/b is a checkpoint image: use "podman container restore" on the checkpoint image',
  ],
  'podman-rootless': ['Error: checkpointing a container requires root', 'Error: restoring a container requires root'],
  'podman-volume-exists': [
    'Error: volume with name data already exists. Use --ignore-volumes to not restore content of volumes',
  ],
  'podman-pod': ['Error: cannot restore pod container without --pod'],
  'registry-denied': [
    'Error: trying to reuse blob: unauthorized: authentication required',
    'pull access denied, repository does not exist or may require authorization',
  ],
  'base-image-missing': [
    'Error: unable to import checkpoint from image: "x": initializing source docker://localhost/busybox:latest: pinging container registry localhost',
  ],
  'runtime-mismatch': [
    `Error: container c was created with runtime 'runc' and cannot be restored with runtime 'crun'`,
    'Error: checkpoint image was created with runtime runc, but crun is in use',
  ],
  'criu-too-old': [
    'Error: checkpoint/restore requires at least CRIU 31100',
    'Error: checkpoint/restore requires at least CRIU 31600, current version is 31500',
  ],
  'runtime-no-checkpoint': [
    'Error: configured runtime does not support checkpoint/restore',
    'Error: Configured runtime does not support checkpoint/restore',
  ],
  'runtime-no-criu': ['exec: "criu": executable file not found in $PATH'],
  'docker-experimental': ['docker checkpoint is only supported on a Docker daemon with experimental features enabled'],
  'docker-checkpoint-dir': ['Error response from daemon: custom checkpointdir is not supported'],
  'criu-tcp': [
    '(00.012345) Error (criu/sk-tcp.c:60): inet: Connected TCP socket, consider using --tcp-established option.',
  ],
  'criu-tcp-close': ['Error (criu/image.c:94): Need to set the --tcp-close options.'],
  'criu-locks': [
    '(00.014) Error (criu/file-lock.c:120): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.',
  ],
  'criu-ghost-limit': ["Error (criu/files-reg.c:912): Can't dump ghost file /tmp/x of 2097152 size, increase limit"],
  'criu-unix': ["Error (criu/sk-unix.c:760): unix: Can't dump half of stream unix connection."],
  'criu-terminal': [
    'Error (criu/tty.c:1020): tty: Found dangling tty with sid 1 pgid 1 (pts) on peer fd 0.',
    'Task is attached to a shell terminal. Consider using --shell-job option.',
  ],
  'criu-io-uring': [
    "Error (criu/files-ext.c:94): Can't dump file 5 of that type [20600] (unknown /anon_inode:[io_uring])",
  ],
  'criu-cpu': [
    'Error (criu/arch/x86/cpu.c:238): cpu: CPU capabilites do not match run time',
    'Error (criu/arch/x86/cpu.c:201): cpu: CPU instruction capabilities do not match run time',
    'Error (criu/arch/x86/cpu.c:223): cpu: FPU feature required by image is not supported on host.',
    "Error (criu/arch/x86/crtools.c): x86: FPU xsave area present, but host cpu doesn't support it",
  ],
  'criu-mount': ["Error (criu/mount.c:1088): mnt: Mount 1043 ./data (master_id: 0) doesn't have a proper root mount"],
  'criu-file-changed': ['Error (criu/files-reg.c:2078): File lib/libc.so.6 has bad size 2000000 (expect 1999999)'],
  'criu-file-missing': ["Error (criu/files-reg.c:2229): Can't open file data/db on restore: No such file or directory"],
  'criu-pid': [
    "Error (criu/cr-restore.c:1400): Can't fork for 12: File exists",
    'Error (criu/cr-restore.c:1420): Pid 13 do not match expected 12',
  ],
  'criu-lsm': ['Error (criu/lsm.c:190): mismatched lsm types and lsm profile specified'],
  'criu-nested': [
    "Error (criu/namespaces.c:460): Can't dump nested pid namespace for 5913",
    "Error (criu/namespaces.c:700): Can't make pidns id",
  ],
  'selinux-denied': [
    'type=AVC msg=audit(1.2:3): avc:  denied  { checkpoint_restore } for  pid=9 comm="criu" scontext=a tcontext=b permissive=0',
  ],
  'kubeadm-certificate': [
    'Can\'t open "/etc/kubernetes/pki/apiserver-kubelet-client.crt" for reading, No such file or directory',
    'curl: (58) could not load PEM client certificate from /etc/kubernetes/pki/apiserver-kubelet-client.crt, OpenSSL error',
  ],
  'unknown-option': ['Error: unknown flag: --tcp-close', 'curl: option --fail-with-body: is unknown'],
  'copy-exists': [
    "dd: failed to open 'checkpoint.tar.zst': File exists",
    "ln: failed to create symbolic link 'checkpoint-to-add.tar': File exists",
  ],
  'criu-newer-images': ['Error (criu/image.c:120): Not supported images version 3'],
  'criu-inventory': ["Error (criu/image.c:90): Can't open inventory.img: No such file or directory"],
  'disk-full': ['write /var/lib/kubelet/checkpoints/checkpoint-a.tar: no space left on device'],
  'criu-failed': ['runc did not terminate successfully: exit status 1: criu failed: type NOTIFY errno 0'],
}

const idsOf = (text: string) => explainErrors(text).map(({ error }) => error.id)

describe('the error explainer', () => {
  test('has a real message for every entry', () => {
    expect(Object.keys(REAL).sort()).toEqual(knownErrors.map(({ id }) => id).sort())
  })

  test.each(Object.entries(REAL).flatMap(([id, texts]) => texts.map((text) => [id, text] as const)))(
    '%s: %s',
    (id, text) => {
      expect(idsOf(text)).toContain(id)
      expect(idsOf(text.toUpperCase())).toContain(id)
    },
  )

  test.each([
    '',
    'Dumping finished successfully',
    'Connected to TCP socket',
    '--tcp-established was given, every connected socket is saved',
    'GET /healthz 200 OK',
    'this release requires at least CRIU 3.11 for that',
    'configured runtime supports checkpoint/restore',
    'file locks were released',
    'the pod exists and runs',
    'a ghost of a chance, size matters, increase the limit of your card',
    'listening on port 10250',
    'no space left in the parking lot',
    'command exec finished',
    'runc restore --shell-job ID',
    'criu dump -o dump.log -D images',
    'the program uses io_uring',
    'SELinux is enabled',
    'nested namespaces were dumped',
    'the file exists',
    'no flag is unknown here',
    'checkpoint restore via CreateContainer is enabled',
    'the client is unauthorized',
    'listening for HTTP 401 requests',
    'room HTTP 4040',
    'HTTP 200',
    'the deadline was extended',
  ])('does not know %j', (text) => {
    expect(idsOf(text)).toEqual([])
  })

  test('finds parts in order and in one line only', () => {
    expect(idsOf('consider using --tcp-established\nConnected TCP socket')).toEqual([])
    expect(idsOf('consider using --tcp-established, Connected TCP socket')).toEqual([])
  })

  test('gives the cause before what follows from it, each once, with its line as pasted', () => {
    const log = [
      'time="…" level=error msg="criu failed: type NOTIFY errno 0"',
      '(00.1) Error (criu/sk-tcp.c:60): inet: Connected TCP socket, consider using --tcp-established option.',
      '(00.2) Error (criu/sk-tcp.c:60): inet: Connected TCP socket, consider using --tcp-established option.',
    ].join('\r\n')
    const found = explainErrors(log)
    expect(found.map(({ error }) => error.id)).toEqual(['criu-tcp', 'criu-failed'])
    expect(found[0]?.line).toContain('(00.1) Error')
  })

  test('reads typographic quotes', () => {
    expect(idsOf('Can’t dump ghost file x of 9 size, increase limit')).toContain('criu-ghost-limit')
  })

  test('looks at the end of a paste of any size, in bounded time', () => {
    const start = performance.now()
    const long = `${'ghost file of '.repeat(4_000_000)}\n${REAL['disk-full']?.[0] ?? ''}`
    expect(idsOf(long)).toContain('disk-full')
    expect(idsOf(`no space left on device\n${'x'.repeat(MAX_PASTE)}`)).toEqual([])
    expect(performance.now() - start).toBeLessThan(5000)
  })

  test('can be looked through by words', () => {
    expect(searchErrors('').length).toBe(knownErrors.length)
    expect(searchErrors('ghost limit').map(({ id }) => id)).toContain('criu-ghost-limit')
    expect(searchErrors('zebra')).toEqual([])
  })

  test('says of every message what it means, why, what to do, and where that is from', () => {
    for (const { id, meaning, why, remedy, source } of knownErrors)
      for (const text of [meaning, why, remedy, source]) expect(text, id).not.toBe('')
  })
})
