/** What is recorded of a thread, as lines. */
import { isAbsent, type Maybe } from '../../model/absent.ts'
import type { Credentials, Thread } from '../../model/process.ts'
import { ALL_CAPABILITIES, capabilityNames, signalNames } from '../../query/names.ts'
import { formatAddress, type CellValue } from '../../ui/cell.ts'
import { maybeCell, monoCell, numberCell, textCell, wordsCell } from '../parts/format.ts'
import { row, traceOf, type FactRow } from '../parts/trace.ts'

function capabilitiesCell(mask: bigint): CellValue {
  if (mask === ALL_CAPABILITIES) return textCell(`all ${capabilityNames(mask).length}`)
  const names = capabilityNames(mask)
  return names.length === 0 ? textCell('none') : monoCell(names.join(' '))
}

const SETS = ['effective', 'permitted', 'inheritable', 'bounding', 'ambient'] as const

function credentialFacts(creds: Credentials): FactRow[] {
  const four = (a: number, b: number, c: number, d: number) => monoCell(`${a} ${b} ${c} ${d}`)
  return [
    row('uids', four(creds.uid, creds.euid, creds.suid, creds.fsuid), undefined, 'real, effective, saved, file system'),
    row('gids', four(creds.gid, creds.egid, creds.sgid, creds.fsgid), undefined, 'real, effective, saved, file system'),
    row('groups', wordsCell(creds.groups.map(String), 'no supplementary groups')),
    ...SETS.map((set) => {
      const mask: Maybe<bigint> = creds.capabilities[set]
      return row(`caps ${set}`, maybeCell(mask, capabilitiesCell))
    }),
    row('securebits', monoCell(`0x${creds.securebits.toString(16)}`)),
    row(
      'no_new_privs',
      maybeCell(creds.noNewPrivileges, (on) => textCell(on ? 'set' : 'not set')),
    ),
    row('LSM label', maybeCell(creds.lsmLabel, monoCell)),
  ]
}

/** `isMapped` tells registers that hold an address of the process from other numbers. */
export function threadFacts(
  thread: Thread,
  address: (value: bigint) => CellValue,
  isMapped: (value: bigint) => boolean,
): readonly FactRow[] {
  const at = thread.origin && traceOf(thread.origin)
  return [
    row('tid', numberCell(thread.tid), at),
    row('name', maybeCell(thread.name, textCell), at),
    row('policy', maybeCell(thread.policy, monoCell)),
    row('priority', maybeCell(thread.priority, numberCell)),
    row('nice', maybeCell(thread.nice, numberCell)),
    row('seccomp', maybeCell(thread.seccomp, textCell)),
    row(
      'blocked signals',
      maybeCell(thread.blockedSignals, (mask) => wordsCell(signalNames(mask), 'no signal is blocked')),
    ),
    ...(isAbsent(thread.credentials)
      ? [
          row(
            'credentials',
            maybeCell(thread.credentials, () => textCell('')),
          ),
        ]
      : credentialFacts(thread.credentials)),
    ...(isAbsent(thread.registers)
      ? [
          row(
            'registers',
            maybeCell(thread.registers, () => textCell('')),
          ),
        ]
      : thread.registers.map(({ name, value }) =>
          row(name, isMapped(value) ? address(value) : monoCell(formatAddress(value))),
        )),
  ]
}
