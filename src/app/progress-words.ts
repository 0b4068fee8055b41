/** How far an opening is, in words. */
import type { Progress } from '../archive/member.ts'
import { formatBytes } from '../views/parts/format.ts'

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  reading: 'reading',
  inflating: 'unpacking',
  indexing: 'listing members',
  decoding: 'decoding images',
}

/** Milliseconds after which the pace so far says something about the rest. */
const SETTLED = 3000

/** `unpacking, 144 of 359 MiB, about 25 s left`; `elapsed` milliseconds since the phase began. */
export function progressWords({ phase, done, total, unit }: Progress, elapsed: number): string {
  const words = [PHASES[phase]]
  if (unit === 'bytes' && total !== undefined) words.push(`${formatBytes(done)} of ${formatBytes(total)}`)
  if (total !== undefined && done > 0 && done < total && elapsed >= SETTLED)
    words.push(`about ${duration(((total - done) / done) * elapsed)} left`)
  return words.join(', ')
}

function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000))
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
