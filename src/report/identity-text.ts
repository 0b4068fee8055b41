/** Identity and times of a checkpoint in the forms that checkpointctl prints. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { NetworkInterface } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'

/** The value, '' when it is absent (as Go prints a field that is not set). */
export function textOf(fact: Fact<string>): string {
  return present(fact.value) ?? ''
}

/** checkpointctl cuts decimals off config.dump's times, and passes on the annotation that CRI-O has. */
export function createdText(checkpoint: Checkpoint): string {
  const { created, engine } = checkpoint.metadata
  return present(engine.value) === 'CRI-O' ? textOf(created) : secondsText(created)
}

/** RFC 3339 without decimals; '' when absent. */
export function secondsText(fact: Fact<string>): string {
  return textOf(fact).replace(/\.[0-9]+/, '')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The form of `checkpointctl list`: `22 Nov 26 16:12 UTC` (Go's RFC822). Always in UTC. '' when absent. */
export function listTime(fact: Fact<string>): string {
  const date = new Date(textOf(fact))
  if (Number.isNaN(date.getTime())) return ''
  const two = (value: number): string => value.toString().padStart(2, '0')
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const year = two(date.getUTCFullYear() % 100)
  return `${two(date.getUTCDate())} ${month} ${year} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`
}

/** Interfaces that the engine noted; those of the dumped namespace are not part of checkpointctl's output. */
export function notedInterfaces(checkpoint: Checkpoint): readonly NetworkInterface[] {
  const { interfaces } = checkpoint.metadata
  return isAbsent(interfaces) ? [] : interfaces.filter((item) => item.addresses.length > 0)
}

/** The first address without prefix length, and its interface's MAC; '' when there is none. */
export function firstAddress(checkpoint: Checkpoint): { readonly ip: string; readonly mac: string } {
  const [first] = notedInterfaces(checkpoint)
  return { ip: first?.addresses[0]?.replace(/\/.*/, '') ?? '', mac: first ? (present(first.mac) ?? '') : '' }
}
