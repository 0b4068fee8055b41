/** JSON values told in one text, for lists that are read and not computed with. */
import { isAbsent } from '../model/absent.ts'
import type { Fact } from '../model/origin.ts'
import type { Json } from './json.ts'

/** Text of a field inside a list item; what is not text says so in its place. */
export function plain(json: Json): string {
  const text = json.scalarText()
  return isAbsent(text) ? (json.kind === undefined || json.kind === 'null' ? '' : `(${json.kind})`) : text
}

/** A fact over the items of an array, each told in one text. */
export function lines(json: Json, tell: (item: Json) => string): Fact<readonly string[]> {
  return json.fact((list) => {
    const items = list.list()
    return isAbsent(items) ? items : items.map(tell)
  })
}
