/** Small tools for facts: the first source that says something, and times as engines write them. */
import { absent, isAbsent, type Absent, type Maybe } from '../model/absent.ts'
import type { Fact } from '../model/origin.ts'
import type { Json } from './json.ts'

/** A fact that is not there. */
export function noFact(reason: Absent['absent'], why: string): Fact<never> {
  return { value: absent(reason, why) }
}

/**
 * The first candidate with a value; '' counts as none. When there is none, a candidate that is there but could not be
 * read says so, otherwise `why` does. Those that make no sense are kept beside what is taken.
 */
export function firstFact<T>(candidates: readonly Fact<T>[], why: Absent): Fact<T> {
  const found =
    candidates.find(({ value }) => !isAbsent(value) && value !== '') ??
    candidates.find(({ value }) => isAbsent(value) && value.absent !== 'not-recorded')
  const passedOver = candidates.filter(
    (one) => one !== found && isAbsent(one.value) && one.value.absent === 'unparsable',
  )
  return { ...(found ?? { value: why }), ...(passedOver.length > 0 && { passedOver }) }
}

/** The same fact with its value changed. */
export function mapFact<T, U>(fact: Fact<T>, change: (value: T) => Maybe<U>): Fact<U> {
  const value = isAbsent(fact.value) ? fact.value : change(fact.value)
  return fact.from ? { value, from: fact.from } : { value }
}

/** RFC 3339 date and time, as Go writes it. */
const RFC3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?(Z|[+-][0-9]{2}:[0-9]{2})$/

/** A time as recorded; `where` begins the reason when it is none. Go's zero time (year 1) means that none was set. */
export function timeText(text: string, where: string): Maybe<string> {
  if (text.startsWith('0001-01-01T00:00:00')) return absent('not-recorded', 'the engine left this time unset')
  return RFC3339.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : absent('unparsable', `${where} is not a time in RFC 3339: ${text.slice(0, 64)}`)
}

/** A time that JSON has as text. */
export function timeFact(json: Json): Fact<string> {
  const text = json.fact((item) => item.string())
  return mapFact(text, (time) => timeText(time, json.where))
}

/** A time that JSON has as nanoseconds since the epoch, as RFC 3339. */
export function nanosecondsFact(json: Json): Fact<string> {
  const count = json.fact((item) => item.integer())
  return mapFact(count, (nanoseconds) => timeOfNanoseconds(nanoseconds, json.where))
}

/** Last nanosecond count that has a four-digit year. */
const YEAR_10000 = 253_402_300_800_000_000_000n

/** Nanoseconds since the epoch → RFC 3339 with nine decimals. 0 means unset. */
function timeOfNanoseconds(nanoseconds: bigint, where: string): Maybe<string> {
  if (nanoseconds === 0n) return absent('not-recorded', 'the engine left this time unset')
  if (nanoseconds < 0n || nanoseconds >= YEAR_10000)
    return absent('unparsable', `${where} is a time outside the years 1970 to 9999`)
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${(nanoseconds % 1_000_000_000n).toString().padStart(9, '0')}Z`
}
