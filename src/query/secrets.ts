/**
 * Which values look like secrets. A guess by name and by shape, for masking on screen and in copies: it may miss a
 * secret, so it is no promise, and it never changes the evidence.
 */
const NAME =
  /pass(?:w(?:or)?d|phrase|code)?(?:$|[^a-z])|passw|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|encryption[-_.]?key|signing[-_.]?key|credential|(?:^|[-_.])auth(?:$|[-_.])|[-_.]pwd$|^pgpass|cookie|(?:^|[-_.])salt(?:$|[-_.])|(?:^|[-_.])dsn$/i

/** Names that match the above and hold places or numbers, not secrets. */
const HARMLESS = /(?:_|^)(?:file|path|dir|url|uri|host|port|ttl|expiry|expires|length|type|name|algorithm|sock)$/i

const SHAPES: readonly RegExp[] = [
  /^eyJ[\w-]{6,}\.[\w-]+\.[\w-]*$/, // JSON web token (RFC 7519)
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/, // RFC 7468
  /^(?:AKIA|ASIA)[A-Z0-9]{16}$/,
  /^gh[pousr]_[A-Za-z0-9]{20,}$/,
  /^github_pat_\w{20,}$/,
  /^glpat-[\w-]{16,}$/,
  /^xox[abprs]-[\w-]{8,}$/,
  /^sk-[\w-]{16,}$/,
  /^AIza[\w-]{30,}$/,
  /^(?:bearer|basic) \S{6,}$/i,
]

/** user:password@ in a URL (RFC 3986 userinfo). */
const URL_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@\s:]*:)([^/?#@\s]+)(@)/i

/** `-u user:password`, `--user user:password` inside a shell command. */
const USER_OPTION = /(\s(?:-u|--user)[ =]?['"]?[^\s:'"]+:)([^\s'"]+)/g

/** The name of an assignment inside of text. Begins where a word begins, so that a long word is read once. */
const ASSIGNED = /(?<![\w.-])([\w.-]+)=/g

/** What is assigned, as a shell takes it: up to the quote's end, or the word's. */
const ASSIGNED_VALUE = /"[^"]*"?|'[^']*'?|[^\s;&|]+/y

/** Drawn in the place of a secret. */
export const MASK = '••••••••'

/** True when a value with this name should be masked as a whole. */
export function looksSecret(name: string, value: string): boolean {
  if (value === '') return false
  return SHAPES.some((shape) => shape.test(value)) || isSecretName(name)
}

function isSecretName(name: string): boolean {
  return NAME.test(name) && !HARMLESS.test(name)
}

/** The value with what looks secret replaced. */
export function maskValue(name: string, value: string): string {
  if (looksSecret(name, value)) return MASK
  return maskAssignments(value).replace(URL_PASSWORD, `$1${MASK}$3`).replace(USER_OPTION, `$1${MASK}`)
}

/** Text such as a script with the values of its assignments masked that look secret. */
function maskAssignments(text: string): string {
  let masked = ''
  let from = 0
  for (const { index, 0: assigned, 1: name = '' } of text.matchAll(ASSIGNED)) {
    if (index < from || !isSecretName(name)) continue
    const begin = index + assigned.length
    ASSIGNED_VALUE.lastIndex = begin
    const value = ASSIGNED_VALUE.exec(text)?.[0] ?? ''
    if (value === '') continue
    masked += text.slice(from, begin) + MASK
    from = begin + value.length
  }
  return masked + text.slice(from)
}

/** One environment item (`NAME=value`, or anything else a process put there). */
export function maskItem(item: string): string {
  const at = item.indexOf('=')
  if (at < 0) return maskValue('', item)
  return `${item.slice(0, at)}=${maskValue(item.slice(0, at), item.slice(at + 1))}`
}

/** A command line: `--token=x`, `--token x`, and values that look secret by themselves. */
export function maskArguments(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const option = /^--?([^=]+)=([^]*)$/.exec(arg)
    if (option) return arg.slice(0, arg.indexOf('=') + 1) + maskValue(option[1] ?? '', option[2] ?? '')
    const before = args[index - 1]
    if (before !== undefined && /^--[^=]+$/.test(before) && !arg.startsWith('-')) return maskValue(before.slice(2), arg)
    return arg.includes('=') ? maskItem(arg) : maskValue('', arg)
  })
}

/**
 * Text that holds assignments among other words, such as a recorded command (`-e NAME=value`). The quoting is lost in
 * such text, so a secret is taken to reach up to the next option: rather too much is masked than too little.
 */
export function maskText(text: string): string {
  return text
    .split(/(?= --?[A-Za-z])/)
    .map((part) =>
      part.replace(/(?<![\w.-])([\w.-]+)=([^]*)$/, (whole, name: string, value: string) => {
        const masked = maskValue(name, value)
        return masked === value ? whole : `${name}=${masked}`
      }),
    )
    .join('')
}
