/** Processes and threads. Ids are those inside the pid namespace of the container's first process. */
import type { Maybe } from './absent.ts'
import type { Origin } from './origin.ts'

/** CRIU compel/include/uapi/task-state.h: 1 alive, 2 dead, 3 stopped, 6 zombie (crit swaps 3 and 6). */
export type TaskState = 'alive' | 'dead' | 'stopped' | 'zombie'

/** A file system place of a process, resolved through files.img. */
export interface PathOf {
  /** Path as recorded, lossless text. */
  readonly path: string
  /** Id in files.img. */
  readonly fileId: number
  /** True when the file was deleted (known from remap-fpath or a memfd). */
  readonly deleted: boolean
}

/** Which records a process row was made of. Absent key: no such record. */
export interface ProcessSources {
  readonly pstree?: Origin
  readonly core?: Origin
  readonly ids?: Origin
  readonly mm?: Origin
  readonly fs?: Origin
  readonly creds?: Origin
  readonly pagemap?: Origin
  /** Bytes of the command line in the pages image. */
  readonly arguments?: Origin
}

export interface Process {
  /** pstree.img */
  readonly pid: number
  readonly ppid: Maybe<number>
  readonly pgid: Maybe<number>
  readonly sid: Maybe<number>
  /** core tc.task_state */
  readonly state: Maybe<TaskState>
  /** core tc.comm: at most 15 bytes, chosen by the process. */
  readonly name: Maybe<string>
  /** Items of the argument block in process memory, split at NUL. */
  readonly arguments: Maybe<readonly string[]>
  /**
   * True when the last byte of the argument block is not NUL: the title was rewritten (setproctitle) and `arguments`
   * holds it as one item, continued into the environment block up to the first NUL there, as the kernel shows it.
   */
  readonly titleRewritten: boolean
  /** Wait status of a zombie, as recorded (low byte signal, next byte exit code). */
  readonly exitCode: Maybe<number>
  readonly exe: Maybe<PathOf>
  readonly cwd: Maybe<PathOf>
  readonly root: Maybe<PathOf>
  /** fs umask */
  readonly umask: Maybe<number>
  /** Credentials of the leader thread, as seen inside the container's user namespace. */
  readonly uid: Maybe<number>
  readonly gid: Maybe<number>
  readonly euid: Maybe<number>
  readonly egid: Maybe<number>
  /** Thread ids, leader first. */
  readonly threads: readonly number[]
  /** Descriptor table (task_kobj_ids files_id); several processes may share one. */
  readonly filesId: Maybe<number>
  /** Bytes of private memory stored in the archive: present pages × page size. */
  readonly memory: Maybe<number>
  /** Bytes stored for shared memory objects that this process maps (pagemap-shmem). */
  readonly sharedMemory: Maybe<number>
  /** Bytes of the mappings that are shared (MAP_SHARED): what memparse calls shared memory size. */
  readonly sharedMapped: Maybe<number>
  /** Number and total bytes of mappings (mm vmas). */
  readonly vmaCount: Maybe<number>
  readonly vmaBytes: Maybe<bigint>
  readonly sources: ProcessSources
}

export interface Credentials {
  readonly uid: number
  readonly gid: number
  readonly euid: number
  readonly egid: number
  readonly suid: number
  readonly sgid: number
  readonly fsuid: number
  readonly fsgid: number
  readonly groups: readonly number[]
  /** Capability sets as 64-bit masks: inheritable, permitted, effective, bounding, ambient. */
  readonly capabilities: {
    readonly inheritable: bigint
    readonly permitted: bigint
    readonly effective: bigint
    readonly bounding: bigint
    readonly ambient: Maybe<bigint>
  }
  readonly securebits: number
  readonly noNewPrivileges: Maybe<boolean>
  readonly lsmLabel: Maybe<string>
}

export interface Thread {
  readonly tid: number
  readonly name: Maybe<string>
  /** core tc.task_state of the leader; threads of a task share it. */
  readonly isLeader: boolean
  /** Scheduling policy name, nice value, static priority. */
  readonly policy: Maybe<string>
  readonly nice: Maybe<number>
  readonly priority: Maybe<number>
  readonly seccomp: Maybe<'disabled' | 'strict' | 'filter'>
  readonly credentials: Maybe<Credentials>
  /** Blocked signals mask. */
  readonly blockedSignals: Maybe<bigint>
  /** General registers in the architecture's order, names in lower case. */
  readonly registers: Maybe<readonly { readonly name: string; readonly value: bigint }[]>
  readonly origin: Origin | undefined
}

/** A mapping (mm vmas or vmas-<pid>.img). Addresses are exact 64-bit values. */
export interface Vma {
  readonly start: bigint
  readonly end: bigint
  /** Bytes into the mapped object. */
  readonly offset: bigint
  readonly prot: number
  readonly flags: number
  /** CRIU's VMA_* status bits. */
  readonly status: number
  readonly shmid: bigint
  readonly madvise: Maybe<bigint>
  /** What stands in the last column of /proc/<pid>/maps: path, [heap], [stack], [vdso], memfd name … */
  readonly name: Maybe<string>
  /** files.img id of the mapped file, if any. */
  readonly fileId: number | undefined
  /** Pages of this mapping that are stored in the archive. */
  readonly presentPages: number
  readonly origin: Origin
  /** Path of this mapping within its record (`vmas[3]`), undefined when the record is the mapping. */
  readonly path: string | undefined
}

/** One item of the environment block, in order; duplicates and items without `=` are kept. */
export interface EnvironmentItem {
  readonly text: string
  /** Bytes in the pages image; undefined when they cross stored segments. */
  readonly origin: Origin | undefined
}

export interface NamedValue {
  readonly name: string
  readonly value: Maybe<string>
  readonly path?: string
}

/** What the process page shows beyond the row; read when asked for. */
export interface ProcessDetail {
  readonly pid: number
  readonly environment: Maybe<readonly EnvironmentItem[]>
  readonly threads: readonly Thread[]
  readonly vmas: Maybe<readonly Vma[]>
  /** AT_* name, value; text where the value points to text. */
  readonly auxv: Maybe<readonly { readonly name: string; readonly value: bigint; readonly text: Maybe<string> }[]>
  /** Resource limits by name: soft and hard, `unlimited` spelled. */
  readonly rlimits: Maybe<readonly { readonly name: string; readonly soft: string; readonly hard: string }[]>
  /** Signal dispositions other than the default. */
  readonly signals: Maybe<readonly { readonly signal: string; readonly action: string; readonly flags: string }[]>
  /** Namespace kind, CRIU's id, and whether it is the root task's. */
  readonly namespaces: Maybe<readonly { readonly kind: string; readonly id: number; readonly shared: boolean }[]>
  /** cgroup controller → path. */
  readonly cgroups: Maybe<readonly { readonly controller: string; readonly path: string }[]>
  /** Everything else worth a line: oom_score_adj, personality, loginuid, dumpable, child_subreaper, … */
  readonly more: readonly NamedValue[]
}
