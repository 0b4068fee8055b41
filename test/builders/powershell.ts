/**
 * A reader of the few constructs of PowerShell that the page writes, after Microsoft's about_Quoting_Rules and
 * about_Parsing. It is no PowerShell: it shows that the lines mean what they should by those rules and hold nothing else.
 */

export interface PowershellLine {
  readonly assign: string | undefined
  /** Variables stand as `${NAME}`. */
  readonly commands: readonly (readonly string[])[]
}

const TOKEN =
  /(?<space> +)|'(?<single>(?:[^']|'')*)'|"(?<double>(?:[^"`$]|`[`$]|\$\{[A-Z]+\})*)"|(?<plain>\$null|[\w./-]+)|(?<pipe>\|)/y

/** Throws for anything that it does not know. */
export function readPowershell(text: string): PowershellLine {
  const [head = '', assign] = /^\$([A-Z]+) = /.exec(text) ?? []
  const commands: string[][] = [[]]
  let word: string | undefined
  TOKEN.lastIndex = head.length
  const end = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word)
    word = undefined
  }
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const groups = TOKEN.exec(text)?.groups
    if (!groups) throw new Error(`not known: ${text.slice(at)}`)
    const { space, single, double, plain, pipe } = groups
    if (space !== undefined) end()
    else if (pipe !== undefined) {
      end()
      commands.push([])
    } else {
      const piece = single?.replaceAll("''", "'") ?? double?.replaceAll(/`(.)/g, '$1') ?? plain ?? ''
      word = (word ?? '') + piece
    }
  }
  end()
  return { assign, commands }
}
