/** Memory sizes of processes as `checkpointctl memparse` lists them. */
import type { MemparseRow } from '../../workers/contract.ts'
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Process } from '../model/process.ts'

/**
 * One row for each process, in pstree order. Memory: stored pages × page size. Shared memory: bytes of all mappings
 * with MAP_SHARED, whether stored or not, as memparse counts it. memparse itself leaves zombies out; here they have
 * a row that says why there is nothing to count.
 */
export function memparse(cp: Checkpoint): readonly MemparseRow[] {
  return (present(cp.processes) ?? []).map(row)
}

function row(process: Process): MemparseRow {
  const { memory, sharedMapped, name } = process
  const missing = [memory, sharedMapped, name].find(isAbsent)
  return {
    pid: process.pid,
    name: present(name) ?? null,
    memorySize: present(memory) ?? null,
    sharedMemorySize: present(sharedMapped) ?? null,
    why: missing?.why ?? null,
  }
}
