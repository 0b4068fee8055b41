/** How the JSON of crit is compared with ours. */

/** Where ours differs from crit on purpose: what crit wrote → what stands there. Each reason is checked to occur. */
export const critExceptions: readonly { reason: string; pretty?: boolean; theirs: RegExp; ours: string }[] = [
  {
    reason: 'this crit has no name for a dead task',
    pretty: true,
    theirs: /"task_state": 2\b/g,
    ours: '"task_state": "Dead"',
  },
  // Names that are not UTF-8: crit writes how Python would print the bytes, which a name may also look like.
  { reason: 'bytes as Python prints them', theirs: /"b'\/d\\\\xff\\\\xfe'"/g, ours: '"/d\\udcff\\udcfe"' },
  {
    reason: 'bytes as Python prints them',
    theirs: /"b'\/d\\\\xff\\\\xfe\/f\\\\x80.txt'"/g,
    ours: '"/d\\udcff\\udcfe/f\\udc80.txt"',
  },
  { reason: 'bytes as Python prints them', theirs: /"b'\/del\\\\xffeted'"/g, ours: '"/del\\udcffeted"' },
  { reason: 'bytes as Python prints them', theirs: /"b'\\\\xc3\('"/g, ours: '"\\udcc3("' },
  {
    reason: 'bytes as Python prints them',
    theirs: /"b'\\\\xed\\\\xa0\\\\x80surr'"/g,
    ours: '"\\udced\\udca0\\udc80surr"',
  },
  { reason: 'bytes as Python prints them', theirs: /"b'\\\\xff\\\\xfe\\\\xad'"/g, ours: '"\\udcff\\udcfe\\udcad"' },
  { reason: 'bytes as Python prints them', theirs: /"b'caf\\\\xe9 latin1'"/g, ours: '"caf\\udce9 latin1"' },
]

/** The exceptions that were met so far. */
export const usedExceptions = new Set<string>()

/** What crit wrote with the exceptions put right. */
export function expectedOf(text: string, pretty: boolean): string {
  let result = text
  for (const { theirs, ours, pretty: only } of critExceptions) {
    if (only !== undefined && only !== pretty) continue
    const next: string = result.replace(theirs, () => ours)
    if (next !== result) usedExceptions.add(String(theirs))
    result = next
  }
  return result
}
