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
  if (isAbsent(spec)) return [{ title: 'OCI spec', rows: [row('spec', absentCell(spec.why))] }]
  return [
    { title: 'OCI spec: process', rows: processRows(spec, ctx.settings.maskSecrets) },
    { title: 'OCI spec: environment', rows: environmentRows(spec, ctx.settings.maskSecrets) },
    { title: 'OCI spec: confinement', rows: confinementRows(spec) },
    { title: 'OCI spec: capabilities', rows: capabilityRows(spec) },
    { title: 'OCI spec: namespaces', rows: namespaceRows(spec) },
    { title: 'OCI spec: resources', rows: resourceRows(ctx, spec) },
  ]
}

function processRows(spec: SpecHighlights, mask: boolean): FactRow[] {
  return [
    factRow('args', spec.args, (args) => monoCell(joinArguments(mask ? maskArguments(args) : args))),
    factRow('cwd', spec.cwd, monoCell),
    factRow('user', spec.user, textCell),
    factRow('terminal', spec.terminal, yesNo('yes', 'no')),
    factRow('host name', spec.hostname, textCell),
  ]
}

function environmentRows(spec: SpecHighlights, mask: boolean): FactRow[] {
  const { value, from } = spec.environment
  if (isAbsent(value)) return [row('environment', absentCell(value.why), from)]
  return value.map((item) => {
    const at = item.indexOf('=')
    const shown = mask ? maskItem(item) : item
    return at < 0 ? row('(no =)', monoCell(shown), from) : row(item.slice(0, at), monoCell(shown.slice(at + 1)), from)
  })
}

function confinementRows(spec: SpecHighlights): FactRow[] {
  return [
    factRow('no_new_privs', spec.noNewPrivileges, yesNo('set', 'not set')),
    factRow('seccomp', spec.seccomp, textCell),
    factRow('AppArmor profile', spec.apparmorProfile, textCell),
    factRow('SELinux label', spec.selinuxLabel, monoCell),
    factRow('rootfs', spec.rootfs, monoCell),
    factRow('rootfs is', spec.readonlyRootfs, yesNo('read-only', 'writable')),
    ...listRows('masked paths', spec.maskedPaths, 'none'),
    ...listRows('read-only paths', spec.readonlyPaths, 'none'),
  ]
}

function capabilityRows(spec: SpecHighlights): FactRow[] {
  const { value, from } = spec.capabilities
  if (isAbsent(value)) return [row('capabilities', absentCell(value.why), from)]
  return value.map(({ set, names }) =>
    row(set, names.length === 0 ? textCell('none', { quiet: true }) : monoCell(names.join(' ')), from),
  )
}

function namespaceRows(spec: SpecHighlights): FactRow[] {
  const { value, from } = spec.namespaces
  if (isAbsent(value)) return [row('namespaces', absentCell(value.why), from)]
  return value.map(({ type, path }) => row(type, path === undefined ? textCell('its own') : monoCell(path), from))
}

function resourceRows(ctx: ViewContext, spec: SpecHighlights): FactRow[] {
  const { mounts } = spec
  const link: CellValue = isAbsent(mounts)
    ? absentCell(mounts.why)
    : { kind: 'link', text: counted(mounts.length, 'mount'), href: ctx.href('mounts') }
  return [
    factRow('cgroups path', spec.cgroupsPath, monoCell),
    ...listRows('resources', spec.resources, 'no limits'),
    ...listRows('rlimits', spec.rlimits, 'none'),
    ...listRows('devices', spec.devices, 'none'),
    ...listRows('hooks', spec.hooks, 'none'),
    row('mounts', link),
  ]
}
