/** An ordered list of things with unique ids. A duplicate id is a bug, found at start. */
export class Registry<T extends { readonly id: string }> {
  readonly #items: readonly T[]
  readonly #byId: ReadonlyMap<string, T>

  constructor(items: readonly T[]) {
    this.#items = items
    this.#byId = new Map(items.map((item) => [item.id, item]))
    if (this.#byId.size !== items.length) throw new Error('registry: duplicate id')
  }

  all(): readonly T[] {
    return this.#items
  }

  find(id: string): T | undefined {
    return this.#byId.get(id)
  }

  get(id: string): T {
    const item = this.#byId.get(id)
    if (!item) throw new Error(`registry: no item ${id}`)
    return item
  }
}
