import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_ROUTE, formatRoute, parseRoute } from '../../../src/app/route.ts'

describe('route', () => {
  test.each(['', '#', '#/'])('%j is the first page', (hash) => {
    expect(parseRoute(hash)).toEqual(EMPTY_ROUTE)
  })
  test('checkpoint, view, reference and query', () => {
    expect(parseRoute('#/v1/0/processes/pid/14?filter=state%3Aalive&tab=files')).toEqual({
      checkpoint: '0',
      view: 'processes',
      ref: ['pid', '14'],
      query: { filter: 'state:alive', tab: 'files' },
    })
  })
  test('a page without checkpoint', () => {
    expect(formatRoute({ view: 'commands' })).toBe('#/v1/-/commands')
    expect(parseRoute('#/v1/-/commands')).toMatchObject({ checkpoint: undefined, view: 'commands' })
  })
  test.each(['#/v2/0/x', '#x', 'x', `#/v1/0/${'x'.repeat(9000)}`])('%j is no address', (hash) => {
    expect(parseRoute(hash)).toBeUndefined()
  })
  test('a damaged reference leads to the view without it', () => {
    expect(parseRoute('#/v1/0/files/%E0%A4%A')).toEqual({ checkpoint: '0', view: 'files', ref: [], query: {} })
  })
  test('what is written is read back', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)
    const part = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(
        name,
        name,
        fc.array(part, { maxLength: 4 }),
        fc.dictionary(name, part),
        (checkpoint, view, ref, query) => {
          expect(parseRoute(formatRoute({ checkpoint, view, ref, query }))).toEqual({
            checkpoint,
            view,
            ref,
            query: { ...query },
          })
        },
      ),
    )
  })
  test('any hash is read without an error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseRoute(`#/v1/${text}`)
      }),
    )
  })
})
