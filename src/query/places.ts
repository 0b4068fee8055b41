/** What has a name in the memory of a process: mappings, and what kernel and threads point to. */
import { isAbsent, present } from '../model/absent.ts'
import type { MappingRow } from '../model/memory.ts'
import type { ProcessDetail, Vma } from '../model/process.ts'
import type { Place } from './goto.ts'
import { protectionText } from './names.ts'

/** Entries of the auxiliary vector that are addresses (linux/auxvec.h). */
const POINTERS = new Set(['AT_PHDR', 'AT_BASE', 'AT_ENTRY', 'AT_SYSINFO', 'AT_SYSINFO_EHDR', 'AT_RANDOM', 'AT_EXECFN'])
const TEXTS = new Set(['AT_PLATFORM', 'AT_BASE_PLATFORM'])

export function isAuxvPointer(name: string): boolean {
  return POINTERS.has(name) || TEXTS.has(name)
}

/** Registers that point to code, stack and thread-local storage, by architecture. */
const REGISTERS = new Set(['ip', 'rip', 'pc', 'sp', 'rsp', 'bp', 'rbp', 'fs_base', 'gs_base', 'lr', 'nip', 'tls', 'tp'])

/** What the program counter, the stack pointer and the frame pointer are called, here or there. */
const SAME = [
  ['ip', 'rip', 'eip', 'pc', 'nip'],
  ['sp', 'rsp', 'esp'],
  ['bp', 'rbp', 'ebp'],
] as const

/** Last column of /proc/<pid>/maps, or what stands for it. */
export function mappingName(vma: Vma): string {
  return present(vma.name) ?? 'anonymous'
}

function mappingPlaces(mappings: readonly MappingRow[]): Place[] {
  return mappings.map(({ vma }) => ({
    name: mappingName(vma),
    address: vma.start,
    note: protectionText(vma.prot, vma.flags),
  }))
}

/** Fields of the mm record that are addresses, with their values (mm.proto: mm_start_code, mm_arg_start, …). */
export type MemoryFields = readonly { readonly name: string; readonly value: bigint }[]

export function placesOf(
  mappings: readonly MappingRow[],
  detail: ProcessDetail | undefined,
  fields: MemoryFields,
): readonly Place[] {
  const auxv = detail && !isAbsent(detail.auxv) ? detail.auxv : []
  const registers = (detail?.threads ?? []).flatMap(({ tid, isLeader, registers: all }) =>
    (present(all) ?? [])
      .filter(({ name, value }) => REGISTERS.has(name) && value !== 0n)
      .map(({ name, value }) => ({
        name: `thread ${tid} ${name}`,
        address: value,
        note: 'register',
        ...(isLeader ? { aliases: SAME.find((names) => names.some((other) => other === name)) ?? [name] } : {}),
      })),
  )
  return [
    ...fields.map(({ name, value }) => ({ name: name.replace(/^mm_/, ''), address: value, note: 'recorded' })),
    ...auxv
      .filter(({ name, value }) => isAuxvPointer(name) && value !== 0n)
      .map(({ name, value }) => ({ name, address: value, note: 'auxiliary vector' })),
    ...registers,
    ...mappingPlaces(mappings),
  ]
}

/** `[heap] + 0x20` of an address in a mapping. */
export function placeInMapping(address: bigint, vma: Vma): string {
  const offset = address - vma.start
  return offset === 0n ? mappingName(vma) : `${mappingName(vma)} + 0x${offset.toString(16)}`
}
