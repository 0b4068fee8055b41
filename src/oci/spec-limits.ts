/** Resource limits of an OCI runtime spec in words (runtime-spec config-linux.md, control groups). */
import { isAbsent, type Maybe } from '../model/absent.ts'
import type { Fact } from '../model/origin.ts'
import type { Json } from './json.ts'
import { lines, plain } from './json-text.ts'

/** Path inside `linux.resources`, and how the figure is told; -1 means unlimited, 0 that nothing was set. */
const FIGURES: readonly (readonly [path: readonly string[], label: string, unit: string])[] = [
  [['memory', 'limit'], 'memory limit', ' bytes'],
  [['memory', 'reservation'], 'memory reservation', ' bytes'],
  [['memory', 'swap'], 'memory and swap limit', ' bytes'],
  [['cpu', 'shares'], 'CPU shares', ''],
  [['cpu', 'quota'], 'CPU quota', ' µs per period'],
  [['cpu', 'period'], 'CPU period', ' µs'],
  [['cpu', 'cpus'], 'CPUs', ''],
  [['cpu', 'mems'], 'memory nodes', ''],
  [['pids', 'limit'], 'processes', ''],
  [['blockIO', 'weight'], 'block I/O weight', ''],
]

export function readResources(json: Json): Maybe<readonly string[]> {
  const members = json.members()
  if (isAbsent(members)) return members
  const figures = FIGURES.flatMap(([path, label, unit]) => {
    const value = plain(json.at(...path))
    if (value === '' || value === '0') return []
    return [value === '-1' ? `${label} unlimited` : `${label} ${value}${unit}`]
  })
  const pages = json
    .at('hugepageLimits')
    .items()
    .map((item) => `huge pages of ${plain(item.at('pageSize'))}: ${plain(item.at('limit'))} bytes`)
  const devices = json.at('devices').items().map(tellRule)
  return [...figures, ...pages, ...devices]
}

/** A device access rule: what is left out stands for all. */
function tellRule(rule: Json): string {
  const verb = plain(rule.at('allow')) === 'true' ? 'allow' : 'deny'
  const type = plain(rule.at('type')) || 'all'
  const numbers = `${plain(rule.at('major')) || '*'}:${plain(rule.at('minor')) || '*'}`
  return `devices: ${verb} ${type} ${numbers} ${plain(rule.at('access'))}`
}

export function readRlimits(json: Json): Fact<readonly string[]> {
  return lines(
    json,
    (item) => `${plain(item.at('type'))} soft ${plain(item.at('soft'))}, hard ${plain(item.at('hard'))}`,
  )
}
