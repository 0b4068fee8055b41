/**
 * Rectangles of a treemap with sides as equal as can be: the squarified layout of Bruls, Huizing and van Wijk
 * ("Squarified Treemaps", 2000). Areas are in proportion to the values.
 */

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Worst ratio of sides in a row of areas laid along a side. */
function worstRatio(sum: number, least: number, most: number, side: number): number {
  return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least))
}

/** One rectangle for each value, in the order given. Values that are not above 0 get an empty one. */
export function squarify(values: readonly number[], area: Rect): Rect[] {
  const rects: Rect[] = values.map(() => ({ x: area.x, y: area.y, width: 0, height: 0 }))
  const order = [...values.keys()].filter((at) => (values[at] ?? 0) > 0 && Number.isFinite(values[at]))
  order.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
  const total = order.reduce((sum, at) => sum + (values[at] ?? 0), 0)
  if (!(total > 0) || !(area.width > 0) || !(area.height > 0)) return rects
  const scale = (area.width * area.height) / total
  const areaOf = (at: number) => (values[at] ?? 0) * scale
  let free = area
  for (let start = 0; start < order.length;) {
    const side = Math.min(free.width, free.height)
    const most = areaOf(order[start] ?? 0)
    let sum = most
    let least = most
    let end = start + 1
    for (; end < order.length; end++) {
      const next = areaOf(order[end] ?? 0)
      if (worstRatio(sum + next, next, most, side) > worstRatio(sum, least, most, side)) break
      sum += next
      least = next
    }
    free = layRow(order.slice(start, end), areaOf, sum, free, rects)
    start = end
  }
  return rects
}

/** Lays areas along the shorter side of the free room; gives the room that is left. */
function layRow(row: readonly number[], areaOf: (at: number) => number, sum: number, free: Rect, rects: Rect[]): Rect {
  const upright = free.width >= free.height
  const side = upright ? free.height : free.width
  const depth = side > 0 ? Math.min(sum / side, upright ? free.width : free.height) : 0
  let along = 0
  for (const at of row) {
    const length = depth > 0 ? areaOf(at) / depth : 0
    rects[at] = upright
      ? { x: free.x, y: free.y + along, width: depth, height: length }
      : { x: free.x + along, y: free.y, width: length, height: depth }
    along += length
  }
  return upright
    ? { ...free, x: free.x + depth, width: Math.max(0, free.width - depth) }
    : { ...free, y: free.y + depth, height: Math.max(0, free.height - depth) }
}
