/** What engine and runtime wrote beside the CRIU images. Every value is a Fact: with its trace, or absent with its reason. */
import type { Maybe } from './absent.ts'
import type { Fact, Trace } from './origin.ts'

export type Engine = 'containerd' | 'CRI-O' | 'Podman' | 'Docker' | 'runc' | 'crun' | 'unknown'

export interface NetworkInterface {
  readonly name: Maybe<string>
  readonly addresses: readonly string[]
  readonly mac: Maybe<string>
  readonly gateways: readonly string[]
  /** Network's name (Podman), or where the address is known from. */
  readonly network: Maybe<string>
  readonly from: Trace | undefined
}

/** One figure of stats-dump. */
export interface Statistic {
  /** Field name as CRIU spells it (`freezing_time`). */
  readonly id: string
  readonly label: string
  readonly value: Maybe<bigint>
  readonly unit: 'microseconds' | 'pages' | 'count'
  readonly from: Trace | undefined
}

/** An annotation or label. */
export interface Annotation {
  readonly key: string
  readonly value: string
  /** True when the value is itself a JSON object or array, to be unfolded where shown. */
  readonly isJson: boolean
  readonly from: Trace | undefined
}

export interface SpecMount {
  readonly destination: string
  readonly type: Maybe<string>
  readonly source: Maybe<string>
  readonly options: readonly string[]
  readonly from: Trace | undefined
}

/** The parts of the OCI runtime spec that an analyst asks for first; the whole is a member to be read. */
export interface SpecHighlights {
  readonly args: Fact<readonly string[]>
  readonly cwd: Fact<string>
  readonly user: Fact<string>
  readonly terminal: Fact<boolean>
  readonly hostname: Fact<string>
  /** Environment of the spec, in order. */
  readonly environment: Fact<readonly string[]>
  /** Set name (bounding, effective, …) → capability names. */
  readonly capabilities: Fact<readonly { readonly set: string; readonly names: readonly string[] }[]>
  readonly noNewPrivileges: Fact<boolean>
  readonly seccomp: Fact<string>
  readonly apparmorProfile: Fact<string>
  readonly selinuxLabel: Fact<string>
  readonly namespaces: Fact<readonly { readonly type: string; readonly path: string | undefined }[]>
  readonly rootfs: Fact<string>
  readonly readonlyRootfs: Fact<boolean>
  readonly cgroupsPath: Fact<string>
  readonly maskedPaths: Fact<readonly string[]>
  readonly readonlyPaths: Fact<readonly string[]>
  readonly devices: Fact<readonly string[]>
  readonly hooks: Fact<readonly string[]>
  /** Memory, CPU and pids limits in words. */
  readonly resources: Fact<readonly string[]>
  readonly rlimits: Fact<readonly string[]>
  readonly mounts: Maybe<readonly SpecMount[]>
}

/** Something this archive cannot contain, in plain words. */
export interface Omission {
  readonly id: string
  readonly title: string
  readonly text: string
}

export interface Metadata {
  readonly engine: Fact<Engine>
  readonly podNamespace: Fact<string>
  readonly pod: Fact<string>
  readonly podUid: Fact<string>
  readonly sandboxId: Fact<string>
  readonly container: Fact<string>
  readonly containerId: Fact<string>
  readonly image: Fact<string>
  /** The image as the person asked for it, before the engine completed its name. */
  readonly imageRequested: Fact<string>
  readonly imageRef: Fact<string>
  readonly runtime: Fact<string>
  /** Times as recorded (RFC 3339 text, any zone); views show UTC. */
  readonly created: Fact<string>
  readonly started: Fact<string>
  readonly checkpointed: Fact<string>
  readonly hostname: Fact<string>
  /** From dump.log: nothing else records them. */
  readonly criuVersion: Fact<string>
  readonly kernel: Fact<string>
  readonly host: Fact<string>
  readonly architecture: Fact<string>
  readonly imageFormat: Fact<string>
  readonly interfaces: Maybe<readonly NetworkInterface[]>
  readonly statistics: Maybe<readonly Statistic[]>
  readonly annotations: readonly Annotation[]
  readonly labels: readonly Annotation[]
  readonly spec: Maybe<SpecHighlights>
  /** Further facts in reading order: inventory fields, CRI status, restore state, … */
  readonly more: readonly MoreFact[]
  readonly omissions: readonly Omission[]
}

/** A further fact; a list of words is a command line. */
export interface MoreFact {
  readonly label: string
  readonly group: string
  readonly fact: Fact<string | readonly string[]>
}

/** Where the bytes are. All in bytes. */
export interface Sizes {
  /** All members under the CRIU directory (what checkpointctl calls checkpoint size). */
  readonly checkpoint: Maybe<number>
  readonly memoryPages: Maybe<number>
  /** rootfs-diff.tar as stored (containerd stores it compressed). */
  readonly rootfsDiff: Maybe<number>
  /** True when rootfs-diff.tar is gzip-compressed inside the archive. */
  readonly rootfsDiffCompressed: Maybe<boolean>
  /** Picture of where the bytes are: named groups that add up to the members' bytes. */
  readonly groups: readonly {
    readonly id: string
    readonly label: string
    readonly bytes: number
    readonly members: readonly number[]
  }[]
}
