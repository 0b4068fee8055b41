/** Command lines as one line of text. */
import { isAbsent, type Maybe } from '../model/absent.ts'
import type { Process } from '../model/process.ts'
import { maskArguments } from './secrets.ts'

/** True for text that a POSIX shell takes as one plain word. */
const PLAIN = /^[\w@%+=:,./\-[\]\u{a0}-\u{10ffff}]+$/u

/** Items joined by spaces; items that would not read as one word are quoted as a POSIX shell wants it. */
export function joinArguments(args: readonly string[]): string {
  return args.map((arg) => (PLAIN.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)).join(' ')
}

/** The command line of a process; a rewritten title as it stands. */
export function commandLine(process: Process, mask: boolean): Maybe<string> {
  if (isAbsent(process.arguments)) return process.arguments
  const args = mask ? maskArguments(process.arguments) : process.arguments
  return process.titleRewritten ? args.join(' ') : joinArguments(args)
}
