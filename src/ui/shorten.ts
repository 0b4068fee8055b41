/** Shortening of evidence text for show. Cuts fall between code points and are always marked. */

/** `text` up to `max` UTF-16 units and how many are left out; never half of a surrogate pair. */
export function cutText(text: string, max: number): { head: string; left: number } {
  if (text.length <= max) return { head: text, left: 0 }
  const head = text.slice(0, wholeCut(text, max))
  return { head, left: text.length - head.length }
}

/** The two ends of a long id: `head` and `tail` with something left out between, or undefined when it fits. */
export function cutMiddle(text: string, max: number): { head: string; tail: string } | undefined {
  if (text.length <= max) return undefined
  const tailLength = Math.floor(max / 3)
  const tailStart = wholeCut(text, text.length - tailLength)
  return { head: text.slice(0, wholeCut(text, max - tailLength)), tail: text.slice(tailStart) }
}

function wholeCut(text: string, at: number): number {
  const high = text.charCodeAt(at - 1)
  const low = text.charCodeAt(at)
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff ? at - 1 : at
}

/** A count with thin spaces between thousands. */
export function formatCount(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')
}
