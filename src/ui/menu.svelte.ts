/** State of one menu: where it is open and with which entries. `Menu.svelte` draws it. */
import { tick } from 'svelte'
import { nextEnabled, type MenuItem } from './menu.ts'

export class MenuState {
  #box: HTMLElement | undefined
  #opener: Element | null = null
  #source: () => readonly MenuItem[] = $state.raw(() => [])
  #open = $state(false)
  /** Pixels in the window. */
  x = $state(0)
  y = $state(0)
  /** Entry with the focus. */
  at = $state(-1)
  readonly items: readonly MenuItem[] = $derived.by(() => (this.#open ? this.#source() : []))

  /** Attachment for the popover element. */
  readonly attach = (box: HTMLElement): (() => void) => {
    this.#box = box
    return () => {
      this.#box = undefined
    }
  }

  /** Opens at a point of the window. Entries are a function, so that checks follow their state. */
  async openAt(left: number, top: number, entries: () => readonly MenuItem[]): Promise<void> {
    const box = this.#box
    if (!box) return
    this.#opener = document.activeElement
    this.#source = entries
    this.#open = true
    this.at = -1
    box.showPopover()
    await tick()
    this.x = Math.max(4, Math.min(left, innerWidth - box.offsetWidth - 4))
    this.y = Math.max(4, Math.min(top, innerHeight - box.offsetHeight - 4))
    this.focusOn(nextEnabled(this.items, -1, 1))
  }

  /** Opens under an element; with `end` their right edges meet. */
  async openUnder(anchor: Element, entries: () => readonly MenuItem[], end = false): Promise<void> {
    const place = anchor.getBoundingClientRect()
    await this.openAt(place.left, place.bottom + 2, entries)
    if (end) this.x = Math.max(4, place.right - (this.#box?.offsetWidth ?? 0))
  }

  focusOn(index: number): void {
    this.at = index
    this.#box?.querySelectorAll<HTMLElement>('[role^=menuitem]')[index]?.focus()
  }

  close(): void {
    this.#box?.hidePopover()
  }

  /** A checkbox entry leaves the menu open. */
  choose(item: MenuItem): void {
    if (item.disabled === true) return
    if (item.checked === undefined) this.close()
    item.run()
  }

  /** Keeps the state in step with the popover, which may close by itself; gives the focus back. */
  toggled(open: boolean): void {
    this.#open = open
    if (!open && this.#opener instanceof HTMLElement && this.#opener.isConnected) {
      this.#opener.focus({ preventScroll: true })
    }
  }
}
