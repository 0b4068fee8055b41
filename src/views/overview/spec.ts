/** The OCI runtime spec's highlights as groups of lines. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { SpecHighlights } from '../../model/metadata.ts'
import type { Fact } from '../../model/origin.ts'
import { joinArguments } from '../../query/command-line.ts'
import { maskArguments, maskItem } from '../../query/secrets.ts'
import type { CellValue } from '../../ui/cell.ts'
import { absentCell, counted, monoCell, textCell } from '../parts/format.ts'
import { factRow, row, type FactRow } from '../parts/trace.ts'
import type { FactGroup } from './facts.ts'

/** One line per item; a single line that says so when there are none. */
function listRows(label: string, fact: Fact<readonly string[]>, none: string): FactRow[] {
  const { value, from } = fact
  if (isAbsent(value)) return [row(label, absentCell(value.why), from)]
  if (value.length === 0) return [row(label, textCell(none, { quiet: true }), from)]
  return value.map((item, index) => row(index === 0 ? label : '', monoCell(item), from))
}

function yesNo(yes: string, no: string): (value: boolean) => CellValue {
  return (value) => textCell(value ? yes : no)
}

export function specGroups(ctx: ViewContext): readonly FactGroup[] {
  const { spec } = ctx.checkpoint.metadata
  if (isAbsent(spec)) return [{ title: 'Spec', rows: [row('Spec', absentCell(spec.why))] }]
  return [
    { title: 'Process', rows: processRows(spec, ctx.settings.maskSecrets) },
    { title: 'Environment', rows: environmentRows(spec, ctx.settings.maskSecrets) },
    { title: 'Confinement', rows: confinementRows(spec) },
    { title: 'Capabilities', rows: capabilityRows(spec) },
    { title: 'Namespaces', rows: namespaceRows(spec) },
    { title: 'Resources', rows: resourceRows(ctx, spec) },
  ]
}

function processRows(spec: SpecHighlights, mask: boolean): FactRow[] {
  return [
    factRow('Args', spec.args, (args) => monoCell(joinArguments(mask ? maskArguments(args) : args))),
    factRow('Cwd', spec.cwd, monoCell),
    factRow('User', spec.user, textCell),
    factRow('Terminal', spec.terminal, yesNo('yes', 'no')),
    factRow('Host name', spec.hostname, textCell),
  ]
}

function environmentRows(spec: SpecHighlights, mask: boolean): FactRow[] {
  const { value, from } = spec.environment
  if (isAbsent(value)) return [row('Environment', absentCell(value.why), from)]
  return value.map((item) => {
    const at = item.indexOf('=')
    const shown = mask ? maskItem(item) : item
    return at < 0 ? row('(no =)', monoCell(shown), from) : row(item.slice(0, at), monoCell(shown.slice(at + 1)), from)
  })
}

function confinementRows(spec: SpecHighlights): FactRow[] {
  return [
    factRow('no_new_privs', spec.noNewPrivileges, yesNo('set', 'not set')),
    factRow('Seccomp', spec.seccomp, textCell),
    factRow('AppArmor profile', spec.apparmorProfile, textCell),
    factRow('SELinux label', spec.selinuxLabel, monoCell),
    factRow('Rootfs', spec.rootfs, monoCell),
    factRow('Rootfs is', spec.readonlyRootfs, yesNo('read-only', 'writable')),
    ...listRows('Masked paths', spec.maskedPaths, 'none'),
    ...listRows('Read-only paths', spec.readonlyPaths, 'none'),
  ]
}

/** Sets that hold the same capabilities share a line. */
function capabilityRows(spec: SpecHighlights): FactRow[] {
  const { value, from } = spec.capabilities
  if (isAbsent(value)) return [row('Capabilities', absentCell(value.why), from)]
  const sets = new Map<string, string[]>()
  for (const { set, names } of value) {
    const words = names.join(' ')
    const equal = sets.get(words)
    if (equal) equal.push(set)
    else sets.set(words, [set])
  }
  return [...sets].map(([words, equal]) =>
    row(equal.join(', '), words === '' ? textCell('none', { quiet: true }) : monoCell(words), from),
  )
}

function namespaceRows(spec: SpecHighlights): FactRow[] {
  const { value, from } = spec.namespaces
  if (isAbsent(value)) return [row('Namespaces', absentCell(value.why), from)]
  return value.map(({ type, path }) => row(type, path === undefined ? textCell('its own') : monoCell(path), from))
}

function resourceRows(ctx: ViewContext, spec: SpecHighlights): FactRow[] {
  const { mounts } = spec
  const link: CellValue = isAbsent(mounts)
    ? absentCell(mounts.why)
    : { kind: 'link', text: counted(mounts.length, 'mount'), href: ctx.href('mounts') }
  return [
    factRow('Cgroups path', spec.cgroupsPath, monoCell),
    ...listRows('Resources', spec.resources, 'no limits'),
    ...listRows('Rlimits', spec.rlimits, 'none'),
    ...listRows('Devices', spec.devices, 'none'),
    ...listRows('Hooks', spec.hooks, 'none'),
    row('Mounts', link),
  ]
}
