/** Where defects of an archive stand, as far as they can be led back to its members. */
import type { ArchiveDefect, Member } from '../archive/member.ts'
import type { Diagnostic } from '../model/diagnostic.ts'

type Place = Pick<Diagnostic, 'origin' | 'subject' | 'archiveOffset'>

/**
 * Gives the place of a defect: the member whose header begins at its offset, or whose body holds that byte, ends there
 * because the archive does included. A byte between members is only named.
 */
export function defectPlaces(members: readonly Member[]): (defect: ArchiveDefect) => Place {
  const placed = members
    .filter(({ headerOffset }) => headerOffset !== undefined)
    .sort((a, b) => (a.headerOffset ?? 0) - (b.headerOffset ?? 0))
  return ({ offset }) => {
    if (offset === undefined) return {}
    const member = placed[lastAt(placed, offset)]
    const here = { archiveOffset: offset }
    if (member?.headerOffset === undefined || member.dataOffset === undefined) return here
    const { index, headerOffset, dataOffset, size, oddities } = member
    const subject = { kind: 'member', index } as const
    if (offset === headerOffset) return { ...here, subject }
    const at = offset - dataOffset
    const isInside = at >= 0 && (at < size || (at === size && oddities.includes('truncated')))
    // The bytes of a sparse member are not those of its file.
    if (!isInside || oddities.includes('sparse')) return here
    return { ...here, subject, origin: { member: index, offset: at, length: 0 } }
  }
}

/** Position of the last member whose header begins at or before the offset, -1 when there is none. */
function lastAt(members: readonly Member[], offset: number): number {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((members[middle]?.headerOffset ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}
