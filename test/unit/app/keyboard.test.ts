import { describe, expect, test } from 'vitest'
import { pressName, ShortcutMatcher, shownKeys, type KeyPress, type Shortcut } from '../../../src/app/keyboard.ts'

function press(key: string, mods: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods }
}

function shortcut(keys: string): Shortcut {
  return { keys, label: keys, group: 'Test', run: () => undefined }
}

const shortcuts = ['g p', 'g f', 'mod+k', '?', 'n', 'N', 'alt+ArrowLeft', 'f'].map(shortcut)

function matcher() {
  const inner = new ShortcutMatcher(() => shortcuts)
  return (key: KeyPress, time = 0, typing = false) => {
    const found = inner.feed(key, time, typing)
    return typeof found === 'object' ? found.keys : found
  }
}

describe('shortcuts', () => {
  test('a sequence', () => {
    const feed = matcher()
    expect([feed(press('g')), feed(press('p'), 500)]).toEqual(['pending', 'g p'])
  })
  test('a sequence that is too slow begins anew', () => {
    const feed = matcher()
    expect([feed(press('g'), 0), feed(press('f'), 5000)]).toEqual(['pending', 'f'])
  })
  test('a sequence wins over its last key alone', () => {
    const feed = matcher()
    expect([feed(press('g')), feed(press('f'), 10), feed(press('f'), 20)]).toEqual(['pending', 'g f', 'f'])
  })
  test('shift on its own does not break a sequence, and letters tell case', () => {
    const feed = matcher()
    expect([feed(press('g')), feed(press('Shift', { shiftKey: true })), feed(press('p'), 1)]).toEqual([
      'pending',
      undefined,
      'g p',
    ])
    expect([feed(press('n')), feed(press('N', { shiftKey: true }))]).toEqual(['n', 'N'])
  })
  test('while typing only mod shortcuts work', () => {
    const feed = matcher()
    expect([feed(press('?'), 0, true), feed(press('g'), 0, true), feed(press('p'), 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(feed(press('k', { metaKey: true }), 0, true)).toBe('mod+k')
    expect(feed(press('K', { ctrlKey: true, shiftKey: true }), 0, true)).toBe('mod+k')
  })
  test('other modifiers are other keys', () => {
    expect(pressName(press('ArrowLeft', { altKey: true }))).toBe('alt+ArrowLeft')
    expect(matcher()(press('n', { ctrlKey: true }))).toBeUndefined()
  })
  test('keys as people read them', () => {
    expect(shownKeys('mod+k', false)).toEqual(['Ctrl K'])
    expect(shownKeys('mod+k', true)).toEqual(['⌘K'])
    expect(shownKeys('g p', false)).toEqual(['g', 'p'])
    expect(shownKeys('alt+ArrowLeft', false)).toEqual(['Alt ←'])
  })
})
