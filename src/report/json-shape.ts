/** JSON as Go's encoder shapes it: fields left out when empty, maps sorted. */

export type JsonObject = Record<string, unknown>

/** An object without the keys that have no value, in the given order (Go's omitempty). */
export function compact(entries: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)),
  )
}

/** A map as Go writes it: sorted by bytes of the key; of duplicates the last one stays. Own keys only, `__proto__` too. */
export function sortedMap(items: readonly { readonly key: string; readonly value: string }[]): JsonObject {
  const map = new Map(items.map((item) => [item.key, item.value]))
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
