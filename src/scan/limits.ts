/** Limits of searching. Sizes in bytes unless the name says otherwise. */
export const scanLimits = {
  /** Longest text or hex pattern in one form, and longest hit of a regular expression: longer ones are cut. */
  match: 4096,
  /** Longest source of one pattern, in UTF-16 units. */
  source: 16_384,
  /** Patterns searched at once. */
  patterns: 20_000,
  /** Nesting of groups in a regular expression. */
  regexDepth: 100,
  /** Highest count in a quantifier such as `{n,m}`. */
  regexRepeat: 4096,
  /** Literals that one regular expression is looked for by. */
  regexAnchors: 64,
  /** Characters beyond ASCII in one class of a regular expression. */
  classCharacters: 20_000,
  /** Bytes that a regular expression is run over between two heartbeats. */
  regexBlock: 256 * 1024,
  /** Bytes that other matchers run over between two heartbeats (they fit the processor cache). */
  step: 256 * 1024,
  /** Hits reported one by one by default; further ones are counted. */
  hits: 1_000_000,
  /** Longest extracted string; a longer run comes in pieces. */
  string: 16 * 1024,
  /** Memory of a string table by default. */
  stringTable: 128 * 1024 * 1024,
} as const
