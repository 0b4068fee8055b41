/** Scroll state of a virtual list: what is in view, and the movements. See `scroll-map.ts` for the scaling. */
import { drawnRows, physicalHeight, revealed, scrolled, settled, type ScrollSize } from './scroll-map.ts'

const SPARE_ROWS = 8
/** Milliseconds without scrolling after which the scroll bar is brought back in step. */
const SETTLE = 160

export class VirtualScroll {
  readonly #count: () => number
  readonly #rowHeight: () => number
  /** Pixels at the top of the box that a sticky header covers. */
  readonly #headerHeight: () => number
  #box: HTMLElement | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #virtual = $state(0)
  #physical = $state(0)
  #boxHeight = $state(0)
  #boxWidth = $state(0)
  #left = $state(0)

  constructor(count: () => number, rowHeight: () => number, headerHeight: () => number) {
    this.#count = count
    this.#rowHeight = rowHeight
    this.#headerHeight = headerHeight
  }

  readonly #size: ScrollSize = $derived.by(() => ({
    content: this.#count() * this.#rowHeight(),
    view: Math.max(0, this.#boxHeight - this.#headerHeight()),
  }))
  /** Pixels; never past the end, also after rows went away. */
  readonly #top = $derived.by(() => Math.min(this.#virtual, Math.max(0, this.#size.content - this.#size.view)))

  /** Height of the element inside the scroll box. */
  readonly height = $derived.by(() => physicalHeight(this.#size))
  readonly #drawn = $derived.by(() => drawnRows(this.#size, this.#top, this.#rowHeight(), this.#count(), SPARE_ROWS))
  readonly first = $derived.by(() => this.#drawn.first)
  readonly end = $derived.by(() => this.#drawn.end)
  /** Where the first drawn row stands inside that element. */
  readonly offset = $derived.by(() => {
    const scaled = this.#size.content !== this.height
    return this.first * this.#rowHeight() + (scaled ? this.#physical - this.#top : 0)
  })
  readonly pageRows = $derived.by(() => Math.max(1, Math.floor(this.#size.view / this.#rowHeight()) - 1))

  /** Where the right edge of the box is in its content, pixels. */
  readonly right = $derived.by(() => this.#left + this.#boxWidth)

  /** Attachment for the scroll box. */
  readonly attach = (box: HTMLElement): (() => void) => {
    this.#box = box
    const measure = (): void => {
      this.#boxHeight = box.clientHeight
      this.#boxWidth = box.clientWidth
    }
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    measure()
    box.addEventListener('scroll', this.#onscroll, { passive: true })
    return () => {
      observer.disconnect()
      box.removeEventListener('scroll', this.#onscroll)
      clearTimeout(this.#timer)
      this.#box = undefined
    }
  }

  readonly #onscroll = (): void => {
    this.#left = this.#box?.scrollLeft ?? 0
    const at = this.#box?.scrollTop ?? 0
    if (at === this.#physical) return
    this.#virtual = scrolled(this.#size, this.#top, this.#physical, at)
    this.#physical = at
    clearTimeout(this.#timer)
    if (this.#size.content !== this.height) this.#timer = setTimeout(() => this.#moveTo(this.#top), SETTLE)
  }

  #moveTo(virtual: number): void {
    this.#virtual = virtual
    const at = settled(this.#size, virtual)
    if (!this.#box) return
    this.#box.scrollTop = at
    this.#physical = this.#box.scrollTop
  }

  /** Brings a row into view with the least movement. */
  reveal(row: number): void {
    const next = revealed(this.#size, this.#top, row, this.#rowHeight())
    if (next !== this.#top) this.#moveTo(next)
  }
}
