/**
 * The processor that the dump was made on: what cpuinfo.img records of it, which engines rarely have CRIU write, and the
 * register sets in the core images. Words, bits and their meaning: criu/arch/x86/cpu.c and asm/cpu.h of compel; sets of
 * registers: Intel SDM, XCR0.
 */
import { recordsOf } from '../criu/decode-image.ts'
import type { cpuinfo_x86_entry } from '../criu/generated/types.ts'
import type { Maybe } from '../model/absent.ts'
import type { MoreFact } from '../model/metadata.ts'
import type { Trace } from '../model/origin.ts'
import { originOf, type Evidence } from './evidence.ts'

const GROUP = 'Processor'
const VENDORS: Readonly<Record<number, string>> = { 1: 'Intel', 2: 'AMD' }

/** Features that programs find out about and then use, as /proc/cpuinfo spells them: word and bit in `capability`. */
const FEATURES: readonly (readonly [name: string, word: number, bit: number])[] = [
  ['ssse3', 4, 9],
  ['sse4_1', 4, 19],
  ['sse4_2', 4, 20],
  ['popcnt', 4, 23],
  ['movbe', 4, 22],
  ['aes', 4, 25],
  ['pclmulqdq', 4, 1],
  ['rdrand', 4, 30],
  ['f16c', 4, 29],
  ['fma', 4, 12],
  ['avx', 4, 28],
  ['avx2', 9, 5],
  ['bmi1', 9, 3],
  ['bmi2', 9, 8],
  ['abm', 6, 5],
  ['adx', 9, 19],
  ['rdseed', 9, 18],
  ['sha_ni', 9, 29],
  ['rtm', 9, 11],
  ['fsgsbase', 9, 0],
  ['pku', 11, 3],
  ['vaes', 11, 9],
  ['gfni', 11, 8],
  ['avx512f', 9, 16],
  ['avx512dq', 9, 17],
  ['avx512cd', 9, 28],
  ['avx512bw', 9, 30],
  ['avx512vl', 9, 31],
  ['avx512_vnni', 11, 11],
  ['xsave', 4, 26],
  ['xsaveopt', 10, 0],
  ['xsavec', 10, 1],
  ['xsaves', 10, 3],
]

/** Versions of the list of words that CRIU has written. */
const KNOWN_VERSIONS: readonly number[] = [1, 2]

export async function readProcessor(evidence: Evidence): Promise<readonly MoreFact[]> {
  return [...(await readCpuinfo(evidence)), ...(await readRegisterSets(evidence))]
}

async function readCpuinfo(evidence: Evidence): Promise<MoreFact[]> {
  const image = await evidence.image('cpuinfo.img')
  const record = image && recordsOf(image, 'cpuinfo_entry')[0]
  const [cpu] = record?.value.x86_entry ?? []
  if (!image || !record || !cpu) return []
  const line = (label: string, path: string, value: Maybe<string>): MoreFact => {
    const from: Trace = { origin: originOf(image, record), path: `x86_entry.0.${path}` }
    return { label, group: GROUP, fact: { value, from } }
  }
  return [
    line('Processor', 'model_id', processorName(cpu)),
    ...(cpu.capability_ver !== undefined && KNOWN_VERSIONS.includes(cpu.capability_ver)
      ? [line('Features', 'capability', featureNames(cpu))]
      : []),
  ]
}

function processorName(cpu: cpuinfo_x86_entry): string {
  const maker = VENDORS[cpu.vendor_id ?? 0] ?? 'unknown maker'
  const number = (value: number | undefined) => (value === undefined ? 'not recorded' : String(value))
  const place = `${maker}, family ${number(cpu.cpu_family)}, model ${number(cpu.model)}, stepping ${number(cpu.stepping)}`
  const model = cpu.model_id?.trim() ?? ''
  return model === '' ? place : `${model} (${place})`
}

function featureNames({ capability }: cpuinfo_x86_entry): string {
  const names = FEATURES.filter(([, word, bit]) => ((capability[word] ?? 0) >>> bit) & 1).map(([name]) => name)
  return names.length > 0 ? names.join(' ') : 'none of those that programs look for'
}

/** CRIU saves those that the processor has, whether or not the program used them. */
async function readRegisterSets(evidence: Evidence): Promise<MoreFact[]> {
  const [first] = evidence.imagesOf('CORE')
  const image = first && (await evidence.imageOf(first.member))
  const record = image && recordsOf(image, 'core_entry')[0]
  const fpu = record?.value.thread_info?.fpregs
  if (!image || !record || !fpu) return []
  const xsave = fpu.xsave
  const has = (words: readonly unknown[] | undefined) => words !== undefined && words.length > 0
  const sets = [
    'x87',
    'SSE',
    ...(has(xsave?.ymmh_space) ? ['AVX'] : []),
    ...(has(xsave?.bndreg_state) ? ['MPX'] : []),
    ...(has(xsave?.opmask_reg) ? ['AVX-512 (avx512f)'] : []),
    ...(has(xsave?.pkru) ? ['protection keys (pku)'] : []),
    ...(xsave?.cet === undefined ? [] : ['shadow stack (user_shstk)']),
  ]
  const from: Trace = { origin: originOf(image, record), path: 'thread_info.fpregs.xsave' }
  return [{ label: 'Register sets', group: GROUP, fact: { value: sets.join(', '), from } }]
}
