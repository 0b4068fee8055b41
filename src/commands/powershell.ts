/** Lines of curl and kubectl for PowerShell, whose rules of quoting are its own. Only printable ASCII is ever written. */
import type { Argv, Line, Variable, Word } from './shell.ts'

const PLAIN = /^(?:\w[\w/.-]*|--?[A-Za-z][A-Za-z-]*)$/
const PRINTABLE = /^[\x20-\x7e]*$/
const KNOWN = new Set(['kubectl', 'curl', 'Tee-Object', 'Get-Date', '$null'])

/** The line for PowerShell; undefined where it has no form there. */
export function powershellText({ pipeline, windows = pipeline, into, assign }: Line): string | undefined {
  const commands = windows.map(commandText)
  if (into !== undefined || commands.some((text) => text === undefined)) return undefined
  return `${assign === undefined ? '' : `$${assign} = `}${commands.join(' | ')}`
}

function commandText([command, ...words]: Argv): string | undefined {
  if (typeof command !== 'string' || !KNOWN.has(command)) return undefined
  const texts = words.map(wordText)
  if (texts.some((text) => text === undefined)) return undefined
  // `curl` alone is an alias of another command in Windows PowerShell.
  return [command === 'curl' ? 'curl.exe' : command, ...texts].join(' ')
}

function wordText(word: Word): string | undefined {
  const parts: readonly (string | Variable)[] = typeof word === 'string' ? [word] : word
  // Windows PowerShell passes double quotes inside an argument on unescaped, and a backslash before its own ones.
  if (parts.some((part) => typeof part === 'string' && (!PRINTABLE.test(part) || /"|\\$/.test(part)))) return undefined
  if (typeof word === 'string') return PLAIN.test(word) ? word : `'${word.replaceAll("'", "''")}'`
  const inside = parts.map((part) =>
    typeof part === 'string' ? part.replaceAll(/[`$]/g, '`$&') : `\${${part.variable}}`,
  )
  return `"${inside.join('')}"`
}
