/** The cursor of a table: what keys, clicks and the context menu do. */
import type { MenuItem } from './menu.ts'
import type { VirtualScroll } from './scroll.svelte.ts'
import type { RowItem } from './table-items.ts'
import { tableCommand, type TableCommand } from './table-keys.ts'
import { copyCell, copyRow, rowMenu } from './table-menus.ts'
import type { TableState } from './table.svelte.ts'

/** What the table asks of its surroundings. */
export interface TableActions<Row> {
  select(row: Row): void
  open(row: Row): void
  preview(row: Row): void
  actions(row: Row): readonly MenuItem[]
  filter(): void
  menu(x: number, y: number, entries: () => readonly MenuItem[]): void
  say(words: string): void
  /** Drawn element of an item. */
  element(index: number): Element | null
}

export class TableCursor<Row> {
  readonly #table: TableState<Row>
  readonly #scroll: VirtualScroll
  readonly #actions: TableActions<Row>

  constructor(table: TableState<Row>, scroll: VirtualScroll, actions: TableActions<Row>) {
    this.#table = table
    this.#scroll = scroll
    this.#actions = actions
  }

  /** Puts the cursor on an item. */
  moveTo(index: number): void {
    const at = Math.max(0, Math.min(this.#table.items.length - 1, index))
    const item = this.#table.items.at(at)
    if (!item) return
    this.#table.groupCursor = item.kind === 'group' ? item.key : undefined
    if (item.kind === 'row') this.#actions.select(item.row)
    this.#scroll.reveal(at)
  }

  run(command: TableCommand): void {
    const table = this.#table
    const at = table.cursor
    const item = table.items.at(at)
    const row = item?.kind === 'row' ? item.row : undefined
    switch (command) {
      case 'up':
        return this.moveTo(at < 0 ? 0 : at - 1)
      case 'down':
        return this.moveTo(at + 1)
      case 'first':
        return this.moveTo(0)
      case 'last':
        return this.moveTo(table.items.length - 1)
      case 'pageUp':
        return this.moveTo(at - this.#scroll.pageRows)
      case 'pageDown':
        return this.moveTo(at + this.#scroll.pageRows)
      case 'expand':
        return this.#expand(at)
      case 'collapse':
        return this.#collapse(at)
      case 'cellLeft':
        table.cellColumn = Math.max(-1, table.cellColumn - 1)
        return
      case 'cellRight':
        table.cellColumn = Math.min(table.shown.length - 1, table.cellColumn + 1)
        return
      case 'leaveCell':
        table.cellColumn = -1
        return
      case 'open':
        if (item?.kind === 'group') table.fold(item, !item.expanded)
        else if (row !== undefined) this.#open(at, row)
        return
      case 'preview':
        if (row !== undefined) this.#actions.preview(row)
        return
      case 'copy':
        if (row !== undefined) this.#copy(row)
        return
      case 'menu':
        return this.#menuAtCursor(at)
      case 'filter':
        this.#actions.filter()
    }
  }

  /** Enter follows the link of the cell under the cursor; on a whole row it opens the row. */
  #open(at: number, row: Row): void {
    const cell = this.#actions.element(at)?.querySelector(`[data-place="${this.#table.cellColumn}"] a`)
    if (cell instanceof HTMLElement) cell.click()
    else this.#actions.open(row)
  }

  #expand(at: number): void {
    const item = this.#table.items.at(at)
    if (!item) return
    const folded = (item.kind === 'group' || item.expandable) && !item.expanded
    if (folded) this.#table.fold(item, true)
    else if (item.kind === 'group' || item.expandable) this.moveTo(at + 1)
  }

  #collapse(at: number): void {
    const item = this.#table.items.at(at)
    if (!item) return
    if (item.kind === 'group' || (item.expandable && item.expanded)) {
      this.#table.fold(item, false)
      return
    }
    for (let above = at - 1; above >= 0; above--) {
      const other = this.#table.items.at(above)
      if (other?.kind === 'group' || (other?.kind === 'row' && other.level < item.level)) return this.moveTo(above)
    }
  }

  #copy(row: Row): void {
    const column = this.#table.shown[this.#table.cellColumn]
    const say = (words: string) => this.#actions.say(words)
    void (column ? copyCell(row, column, say) : copyRow(this.#table, row, say))
  }

  #menuAtCursor(at: number): void {
    const item = this.#table.items.at(at)
    const place = this.#actions.element(at)?.getBoundingClientRect()
    if (item?.kind === 'row' && place) this.#openMenu(item, this.#table.cellColumn, place.left + 24, place.bottom)
  }

  #openMenu(item: RowItem<Row>, place: number, x: number, y: number): void {
    const column = this.#table.shown[place]
    const own = this.#actions.actions(item.row)
    this.#actions.menu(x, y, () => rowMenu(this.#table, item.row, column, own, (words) => this.#actions.say(words)))
  }

  readonly onkeydown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    const grouped = this.#table.groupBy !== undefined
    const command = tableCommand(event, this.#table.isTree || grouped)
    if (command === undefined) return
    if (command === 'copy' && getSelection()?.isCollapsed === false) return
    if (command === 'leaveCell' && this.#table.cellColumn < 0) return
    event.preventDefault()
    event.stopPropagation()
    this.run(command)
  }

  /** Item and cell under the mouse. */
  #hit(event: Event): { index: number; place: number } | undefined {
    const target = event.target as Element
    const index = target.closest<HTMLElement>('[data-index]')?.dataset['index']
    const place = target.closest<HTMLElement>('[data-place]')?.dataset['place']
    return index === undefined ? undefined : { index: Number(index), place: Number(place ?? -1) }
  }

  readonly onclick = (event: MouseEvent): void => {
    const hit = this.#hit(event)
    const item = hit && this.#table.items.at(hit.index)
    if (!item || getSelection()?.isCollapsed === false) return
    const target = event.target as Element
    if (item.kind === 'group' || (item.expandable && target.closest('.fold'))) this.#table.fold(item, !item.expanded)
    if (target.closest('a')) return
    this.#table.cellColumn = -1
    this.moveTo(hit.index)
  }

  readonly ondblclick = (event: MouseEvent): void => {
    const hit = this.#hit(event)
    const item = hit && this.#table.items.at(hit.index)
    const target = event.target as Element
    if (item?.kind === 'row' && !target.closest('.fold, a')) this.#actions.open(item.row)
  }

  readonly oncontextmenu = (event: MouseEvent): void => {
    const hit = this.#hit(event)
    const item = hit && this.#table.items.at(hit.index)
    if (!hit || item?.kind !== 'row') return
    event.preventDefault()
    this.moveTo(hit.index)
    this.#openMenu(item, hit.place, event.clientX, event.clientY)
  }
}
