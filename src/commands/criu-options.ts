/** Lines of `/etc/criu/runc.conf` or `crun.conf`: CRIU's long options without the dashes (criu: Documentation/criu.txt). */
import { visibleText } from '../base/text.ts'

/** Options that the engine sets itself: another value makes an archive without images or a dump elsewhere. */
const REFUSED: Readonly<Record<string, string>> = {
  'images-dir': 'the engine names the folder itself; set here, the images go elsewhere and the archive has none',
  'work-dir': 'the engine names the folder itself and looks for the log there',
  tree: 'the engine names the process itself',
  root: 'the engine names the root file system itself',
}

/** The options, one a line, without empty lines and comments. */
export function criuOptions(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:--)?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Why the lines cannot stand in CRIU's configuration; undefined when they can. */
export function checkCriuOptions(text: string): string | undefined {
  for (const option of criuOptions(text)) {
    const [, name = '', value = ''] = /^(\S+)\s*(.*)$/.exec(option) ?? []
    const shown = visibleText(name)
    if (!/^[a-z][a-z0-9-]*$/.test(name)) return `${shown} is no option: write tcp-established, or ghost-limit 1G.`
    // An option may be cut short as long as it is plain which one is meant.
    const [, reason] = Object.entries(REFUSED).find(([refused]) => name.length > 2 && refused.startsWith(name)) ?? []
    if (reason !== undefined) return `${shown} must not stand there: ${reason}.`
    if (!/^[\w./:=,@%+-]*$/.test(value)) return `The value of ${shown} has symbols that this file is not written with.`
  }
  return undefined
}
