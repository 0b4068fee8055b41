/** Small view choices kept in the browser. Storage may be missing, blocked or full: then the choice lasts for the page. */

const PREFIX = 'cryoscope.'

export function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined
  } catch {
    return undefined
  }
}

export function writeStored(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, value)
  } catch {
    return
  }
}

/** Forgets everything that was kept. */
export function forgetStored(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
  } catch {
    return
  }
}

/** A kept number between `low` and `high`, or the fallback. */
export function readStoredNumber(key: string, low: number, high: number, fallback: number): number {
  const value = Number(readStored(key) ?? Number.NaN)
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback
}
