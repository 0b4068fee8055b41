/** Highlights of an OCI runtime spec (spec.dump, or config.json of a bundle): opencontainers/runtime-spec config.md. */
import { absent, isAbsent, type Maybe } from '../model/absent.ts'
import type { SpecHighlights, SpecMount } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import type { Json } from './json.ts'
import { lines, plain } from './json-text.ts'
import { readResources, readRlimits } from './spec-limits.ts'

function text(json: Json): Fact<string> {
  return json.fact((item) => item.string())
}

function texts(json: Json): Fact<readonly string[]> {
  return json.fact((item) => item.strings())
}

function flag(json: Json): Fact<boolean> {
  return json.fact((item) => item.boolean())
}

/** Reads the highlights; `spec` may be anything, also nothing. */
export function readSpec(spec: Json): Maybe<SpecHighlights> {
  if (spec.kind === undefined)
    return absent('not-in-archive', 'the archive has no runtime spec (spec.dump, config.json)')
  if (spec.kind !== 'object') return absent('unparsable', `${spec.place.name} is not a JSON object`)
  const process = spec.at('process')
  const linux = spec.at('linux')
  return {
    args: texts(process.at('args')),
    cwd: text(process.at('cwd')),
    user: process.at('user').fact(readUser),
    // Left out means false (omitempty in the spec's Go type).
    terminal: process.at('terminal').kind === undefined ? { value: false } : flag(process.at('terminal')),
    hostname: text(spec.at('hostname')),
    environment: texts(process.at('env')),
    capabilities: process.at('capabilities').fact(readCapabilities),
    noNewPrivileges:
      process.at('noNewPrivileges').kind === undefined ? { value: false } : flag(process.at('noNewPrivileges')),
    seccomp: linux.at('seccomp').fact(readSeccomp),
    apparmorProfile: text(process.at('apparmorProfile')),
    selinuxLabel: text(process.at('selinuxLabel')),
    namespaces: linux.at('namespaces').fact(readNamespaces),
    rootfs: text(spec.at('root', 'path')),
    readonlyRootfs:
      spec.at('root', 'readonly').kind === undefined ? { value: false } : flag(spec.at('root', 'readonly')),
    cgroupsPath: text(linux.at('cgroupsPath')),
    maskedPaths: texts(linux.at('maskedPaths')),
    readonlyPaths: texts(linux.at('readonlyPaths')),
    devices: lines(linux.at('devices'), tellDevice),
    hooks: spec.at('hooks').fact(readHooks),
    resources: linux.at('resources').fact(readResources),
    rlimits: readRlimits(process.at('rlimits')),
    mounts: readMounts(spec.at('mounts')),
  }
}

function readUser(user: Json): Maybe<string> {
  const members = user.members()
  if (isAbsent(members)) return members
  const groups = user.at('additionalGids').items().map(plain)
  const name = user.at('username').string()
  const more = groups.length > 0 ? `, additional groups ${groups.join(', ')}` : ''
  const shown = isAbsent(name) ? '' : ` (${name})`
  return `uid ${plain(user.at('uid')) || '0'}${shown}, gid ${plain(user.at('gid')) || '0'}${more}`
}

const CAPABILITY_SETS = ['bounding', 'effective', 'permitted', 'inheritable', 'ambient']

function readCapabilities(json: Json): Maybe<readonly { readonly set: string; readonly names: readonly string[] }[]> {
  const members = json.members()
  if (isAbsent(members)) return members
  return CAPABILITY_SETS.flatMap((set) => {
    const names = json.at(set).strings()
    return isAbsent(names) ? [] : [{ set, names }]
  })
}

function readSeccomp(json: Json): Maybe<string> {
  if (json.kind === undefined) return absent('not-recorded', 'the spec asks for no seccomp filter')
  const members = json.members()
  if (isAbsent(members)) return members
  const rules = json.at('syscalls').items()
  const names = rules.reduce((sum, rule) => sum + rule.at('names').items().length, 0)
  return `default ${plain(json.at('defaultAction')) || '?'}, ${rules.length} rules for ${names} system calls`
}

function readNamespaces(json: Json): Maybe<readonly { readonly type: string; readonly path: string | undefined }[]> {
  const items = json.list()
  if (isAbsent(items)) return items
  return items.map((item) => {
    const path = item.at('path').string()
    return { type: plain(item.at('type')) || '?', path: isAbsent(path) || path === '' ? undefined : path }
  })
}

function tellDevice(device: Json): string {
  const numbers = `${plain(device.at('major')) || '?'}:${plain(device.at('minor')) || '?'}`
  return `${plain(device.at('type')) || '?'} ${numbers} ${plain(device.at('path'))}`
}

function readHooks(json: Json): Maybe<readonly string[]> {
  const members = json.members()
  if (isAbsent(members)) return members
  return members.flatMap(({ key, value }) => value.items().map((hook) => `${key}: ${tellHook(hook)}`))
}

function tellHook(hook: Json): string {
  const args = hook.at('args').items().slice(1).map(plain)
  return [plain(hook.at('path')), ...args].join(' ')
}

function readMounts(json: Json): Maybe<readonly SpecMount[]> {
  const items = json.list()
  if (isAbsent(items)) return items
  return items.map((item) => ({
    destination: plain(item.at('destination')),
    type: item.at('type').string(),
    source: item.at('source').string(),
    options: item.at('options').items().map(plain),
    from: item.trace(),
  }))
}
