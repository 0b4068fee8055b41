/** What the kernel counts of a browser's processes (proc(5)): bytes read, memory. Linux only. */
import { readFileSync, readdirSync } from 'node:fs'

/** Text of a file under /proc, empty when it is gone or not ours. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** The processes of the browser that was started with that argument. */
function browserProcesses(argument: string): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const parentOf = new Map(
    all.map((pid) => [pid, Number(/^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1])]),
  )
  const found = new Set(all.filter((pid) => read(`/proc/${pid}/cmdline`).includes(argument)))
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const [pid, parent] of parentOf) if (found.has(parent)) found.add(pid)
  }
  return [...found]
}

/**
 * Bytes read so far by all of them, whatever for (files, pipes, program code): more than the page's own reads, never
 * less. Undefined where the kernel does not tell.
 */
export function bytesReadBy(argument: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  const counts = browserProcesses(argument).map((pid) => /^rchar: (\d+)/m.exec(read(`/proc/${pid}/io`))?.[1])
  const known = counts.filter((count) => count !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, count) => total + Number(count), 0)
}

/** Bytes of memory that the renderers have for themselves (not mapped files or shared memory); undefined elsewhere. */
export function rendererMemory(argument: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  const renderers = browserProcesses(argument).filter((pid) => read(`/proc/${pid}/cmdline`).includes('--type=renderer'))
  return renderers.reduce((sum, pid) => {
    return sum + 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
  }, 0)
}
