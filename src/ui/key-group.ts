/** Keys with what they do, for the list of keys. */
export interface KeyGroup {
  readonly label: string
  readonly entries: readonly {
    /** One text for each press of a sequence: `['g', 'p']`, `['Ctrl K']`. */
    readonly keys: readonly string[]
    readonly label: string
  }[]
}

/** Keys of the hex view. */
export const HEX_KEYS: KeyGroup = {
  label: 'Hex view',
  entries: [
    { keys: ['↑ ↓ ← →'], label: 'Move by line, byte' },
    { keys: ['Shift'], label: 'With a movement: select' },
    { keys: ['Home', 'End'], label: 'First, last byte of the line' },
    { keys: ['Ctrl Home', 'Ctrl End'], label: 'First, last address' },
    { keys: ['/', 'Ctrl G'], label: 'Go to an address or name' },
    { keys: ['[', ']'], label: 'Previous, next stored page' },
    { keys: ['Enter'], label: 'Follow the pointer under the cursor' },
    { keys: ['n', 'N'], label: 'Next, previous hit of the search' },
    { keys: ['b'], label: 'Set or remove a bookmark' },
    { keys: ['f'], label: 'Fold repeated lines' },
    { keys: ['Ctrl C'], label: 'Copy as hex' },
    { keys: ['Ctrl A'], label: 'Select what is stored around the cursor' },
    { keys: ['Shift F10'], label: 'Menu of the selection' },
  ],
}

/** Keys that every table has. */
export const TABLE_KEYS: KeyGroup = {
  label: 'Tables',
  entries: [
    { keys: ['↑ ↓'], label: 'Move by row' },
    { keys: ['Page ↑ ↓'], label: 'Move by page' },
    { keys: ['Home', 'End'], label: 'First, last row' },
    { keys: ['Shift ← →'], label: 'Move by cell' },
    { keys: ['← →'], label: 'Fold and unfold in a tree, else move by cell' },
    { keys: ['Enter'], label: 'Open' },
    { keys: ['Space'], label: 'Preview' },
    { keys: ['/'], label: 'Filter' },
    { keys: ['Ctrl C'], label: 'Copy the row or cell' },
    { keys: ['Shift F10'], label: 'Menu of the row or column' },
    { keys: ['Alt ← →'], label: 'On a header: move the column' },
    { keys: ['Shift ← →'], label: 'On a header: width of the column' },
    { keys: ['Shift Enter'], label: 'On a header: sort by it too' },
  ],
}
