/** Parts of a whole, for pictures of sizes. */

/** One of the six area colours of `tokens.css`. */
export type Area = 1 | 2 | 3 | 4 | 5 | 6

export interface Share {
  /** Evidence text is allowed. */
  readonly label: string
  readonly value: number
  /** The value in words: `4.0 MiB`. */
  readonly shown: string
  readonly area: Area
  /** In-app link to what it stands for; starts with `#`. */
  readonly href?: string | undefined
}

/** The largest parts, and one that stands for the rest when there are more than `most`. */
export function largestShares(
  shares: readonly Share[],
  most: number,
  rest: (count: number, value: number) => Share,
): Share[] {
  const sorted = shares.filter((share) => share.value > 0).sort((a, b) => b.value - a.value)
  if (sorted.length <= most) return sorted
  const left = sorted.slice(most - 1)
  const value = left.reduce((sum, share) => sum + share.value, 0)
  return [...sorted.slice(0, most - 1), rest(left.length, value)]
}

/** A part in percent of the whole: `12 %`, `0.4 %`, `< 0.1 %`. */
export function formatShare(value: number, total: number): string {
  if (!(total > 0)) return '—'
  const percent = (value / total) * 100
  if (percent > 0 && percent < 0.1) return '< 0.1\u00a0%'
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)}\u00a0%`
}
