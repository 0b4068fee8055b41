/**
 * Scrolling over more rows than a browser can lay out. Elements have a largest height (Chromium 33.5 million px, Firefox
 * about half of it), so above `MAX_HEIGHT` the scroll box is shorter than the rows and positions are scaled: `virtual`
 * counts pixels of rows, `physical` pixels of the scroll box. Small scrolls (wheel, arrow) move both by the same amount,
 * so rows pass at their natural speed; large ones (thumb, jump) follow the scale. `settled` brings physical back in step.
 */

/** Pixels; well below what the browsers can lay out. */
export const MAX_HEIGHT = 8_000_000

/** Sizes in pixels: all rows together, and what of them is in view. */
export interface ScrollSize {
  readonly content: number
  readonly view: number
}

/** Height of the element that makes the scroll bar. */
export function physicalHeight(size: ScrollSize): number {
  return Math.min(size.content, MAX_HEIGHT)
}

function ranges(size: ScrollSize): { virtual: number; physical: number } {
  return {
    virtual: Math.max(0, size.content - size.view),
    physical: Math.max(0, physicalHeight(size) - size.view),
  }
}

/** Where the scroll box stands for rows at `virtual`. */
export function settled(size: ScrollSize, virtual: number): number {
  const range = ranges(size)
  if (range.virtual === range.physical) return virtual
  return range.virtual === 0 ? 0 : (virtual / range.virtual) * range.physical
}

/** The rows' position after the scroll box went from `before` to `after`. */
export function scrolled(size: ScrollSize, virtual: number, before: number, after: number): number {
  const range = ranges(size)
  if (range.virtual === range.physical) return Math.min(after, range.virtual)
  if (after <= 0) return 0
  if (after >= range.physical - 1) return range.virtual
  const small = Math.abs(after - before) < 2 * size.view
  const next = small ? virtual + (after - before) : (after / range.physical) * range.virtual
  return Math.min(range.virtual, Math.max(0, next))
}

/** The position that brings a row into view with the least movement. */
export function revealed(size: ScrollSize, virtual: number, row: number, rowHeight: number): number {
  const top = row * rowHeight
  const lowest = top + rowHeight - size.view
  const wanted = top < virtual ? top : virtual < lowest ? lowest : virtual
  return Math.min(ranges(size).virtual, Math.max(0, wanted))
}

/** Rows to draw: those in view and `spare` on both sides. `end` is exclusive. */
export function drawnRows(
  size: ScrollSize,
  virtual: number,
  rowHeight: number,
  count: number,
  spare: number,
): { first: number; end: number } {
  const first = Math.max(0, Math.floor(virtual / rowHeight) - spare)
  const end = Math.min(count, Math.ceil((virtual + size.view) / rowHeight) + spare)
  return { first: Math.min(first, Math.max(0, end)), end: Math.max(0, end) }
}
