/** Where scanning happens: threads made by the worker's entry, or this thread. */
import type { Beat, ScanTask, ScanThread } from './batch.ts'
import type { OwnSource } from '../archive/source.ts'
import type { ReadMember } from './read-ahead.ts'
import { Scanner } from './scanner.ts'

/** The bytes that threads read. */
export interface MemberBytes {
  readonly read: ReadMember
  /** The member as something that a thread reads without help; undefined where its bytes live elsewhere. */
  readonly own: (member: number) => OwnSource | undefined
}

export interface ScanHost {
  /** Threads that suit the machine. */
  readonly threads: number
  start(task: ScanTask, members: MemberBytes, onBeat: (beat: Beat) => void): ScanThread
}

/** Scans in this thread: nothing can be ended here. */
export const scanHere: ScanHost = {
  threads: 1,
  start(task, members, onBeat) {
    const scanner = new Scanner(task, onBeat)
    return {
      scan: (batch) => scanner.scan(batch, members.read),
      rest: () => Promise.resolve(),
      end: () => undefined,
    }
  },
}
