/** Options of console functions come from people and scripts: what is mistyped is refused, never quietly left out. */

export interface OptionCheck {
  /** What it has to be, as in `limit is a whole number from 0 on`. */
  readonly words: string
  readonly fits: (value: unknown) => boolean
}

export const text: OptionCheck = { words: 'a text', fits: (value) => typeof value === 'string' }
export const flag: OptionCheck = { words: 'true or false', fits: (value) => typeof value === 'boolean' }
/** Looked at by whoever uses it. */
export const anything: OptionCheck = { words: 'anything', fits: () => true }

export function whole(from: number, to = Number.MAX_SAFE_INTEGER): OptionCheck {
  const until = to === Number.MAX_SAFE_INTEGER ? 'on' : `to ${to}`
  return {
    words: `a whole number from ${from} ${until}`,
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
  }
}

/** How many are wanted at most; Infinity for all there is room for. */
export const most: OptionCheck = {
  words: 'a whole number from 0 on, or Infinity',
  fits: (value) => value === Infinity || whole(0).fits(value),
}

/** Throws a TypeError for an option that is not known or is of another type; undefined is as good as not given. */
export function checkOptions(call: string, options: object, known: Readonly<Record<string, OptionCheck>>): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(known, name) ? known[name] : undefined
    if (!check) throw new TypeError(`${call} has no option ${name}: there are ${Object.keys(known).join(', ')}`)
    if (value !== undefined && !check.fits(value)) throw new TypeError(`${name} is ${check.words}`)
  }
}
