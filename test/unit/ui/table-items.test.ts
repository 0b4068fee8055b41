import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flatItems, groupedItems, treeItems, type ItemList } from '../../../src/ui/table-items.ts'
import { thingColumns, type Thing } from './rows.ts'

const keyOf = (thing: Thing) => thing.id

function things(...pairs: string[]): Thing[] {
  return pairs.map((pair) => {
    const [id = '', parent] = pair.split('<')
    return { id, name: id, ...(parent === undefined ? {} : { parent }) }
  })
}

function tree(rows: readonly Thing[], collapsed: string[] = [], matched?: number[]): ItemList<Thing> {
  return treeItems({
    rows,
    order: Uint32Array.from(rows.keys()),
    matched: matched && Uint32Array.from(matched),
    keyOf,
    parentOf: (thing) => thing.parent,
    collapsed: new Set(collapsed),
  })
}

function drawn(items: ItemList<Thing>): string[] {
  return Array.from({ length: items.length }, (_, index) => {
    const item = items.at(index)
    if (item?.kind === 'group') return `# ${item.count}`
    return item ? '.'.repeat(item.level) + item.row.id + (item.matched ? '' : '~') : '?'
  })
}

describe('tree', () => {
  test('a deep row keeps the guides of its first ancestors, which are the ones drawn', () => {
    const chain = things('0', '1<0', ...Array.from({ length: 60 }, (_, i) => `${i + 2}<${i + 1}`), 'last<0')
    const items = tree(chain)
    expect(items.at(61)).toMatchObject({ level: 61 })
    const item = items.at(61)
    expect(item?.kind === 'row' && item.guides.slice(0, 3)).toEqual([true, false, false])
  })
  test('children come under their parent, also when listed before it', () => {
    expect(drawn(tree(things('b<a', 'a', 'c<b', 'd<a')))).toEqual(['a', '.b', '..c', '.d'])
  })
  test('a folded row hides what is below it', () => {
    expect(drawn(tree(things('a', 'b<a', 'c<b', 'd'), ['a']))).toEqual(['a', 'd'])
  })
  test('guides say where lines pass', () => {
    const items = tree(things('a', 'b<a', 'c<b', 'd<a'))
    expect(items.at(2)).toMatchObject({ guides: [true, false] })
    expect(items.at(3)).toMatchObject({ guides: [false] })
  })
  test('a missing parent makes a root', () => {
    expect(drawn(tree(things('a<gone', 'b<a')))).toEqual(['a', '.b'])
  })
  test('a row that is its own parent, and a circle, are each drawn once', () => {
    expect(drawn(tree(things('a<a')))).toEqual(['a'])
    expect(
      drawn(tree(things('a<c', 'b<a', 'c<b')))
        .map((line) => line.replaceAll('.', ''))
        .sort(),
    ).toEqual(['a', 'b', 'c'])
  })
  test('with a filter the ancestors of matches stay, marked, and nothing is folded', () => {
    expect(drawn(tree(things('a', 'b<a', 'c<b', 'd<a'), ['a'], [2]))).toEqual(['a~', '.b~', '..c'])
  })
  test('a chain of 100 000 does not overflow and is quick', () => {
    const rows = Array.from({ length: 100_000 }, (_, i): Thing => ({ id: `${i}`, name: '', parent: `${i - 1}` }))
    expect(tree(rows).length).toBe(100_000)
  })
  test('whatever the parents are, every row is drawn exactly once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 30 }), { maxLength: 30 }), (parents) => {
        const rows = parents.map((parent, i): Thing => ({ id: `${i}`, name: '', parent: `${parent}` }))
        const ids = drawn(tree(rows)).map((line) => Number(line.replaceAll('.', '')))
        expect(ids.sort((a, b) => a - b)).toEqual([...rows.keys()])
      }),
    )
  })
})

describe('groups', () => {
  const rows = things('a', 'b', 'c').map((thing, i) => ({ ...thing, name: i === 1 ? 'x' : 'y' }))
  const order = Uint32Array.of(0, 1, 2)
  const byName = thingColumns[1] ?? thingColumns[0]

  test('one heading for each value with its count', () => {
    if (!byName) throw new Error('no column')
    expect(drawn(groupedItems(rows, order, byName, new Set(), keyOf))).toEqual(['# 2', 'a', 'c', '# 1', 'b'])
    expect(drawn(groupedItems(rows, order, byName, new Set(['value y']), keyOf))).toEqual(['# 2', '# 1', 'b'])
  })
})

describe('plain rows', () => {
  test('items are found by key in the drawn order', () => {
    const items = flatItems(things('a', 'b', 'c'), Uint32Array.of(2, 0), keyOf)
    expect([items.indexOf('a'), items.indexOf('b'), items.indexOf('c')]).toEqual([1, -1, 0])
    expect(items.at(5)).toBeUndefined()
  })
})
