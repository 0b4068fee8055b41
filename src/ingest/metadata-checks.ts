/** Values of the engine's files that do not make sense, as diagnostics: beside their place on the screen. */
import { isAbsent } from '../model/absent.ts'
import type { Metadata } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import type { Evidence } from './evidence.ts'

/** Notes every fact whose bytes are there and are not what is expected. */
export function noteUnparsable(evidence: Evidence, metadata: Metadata): void {
  const said = new Set<string>()
  for (const { value, from } of factsIn(metadata)) {
    // Several facts may have looked at the same value.
    if (!isAbsent(value) || value.absent !== 'unparsable' || said.has(value.why)) continue
    said.add(value.why)
    evidence.diagnose({
      severity: 'warning',
      code: 'metadata-value',
      message: value.why,
      ...(from && { origin: from.origin, subject: { kind: 'member', index: from.origin.member } as const }),
    })
  }
}

function* factsIn(item: unknown): Generator<Fact<unknown>, void, undefined> {
  if (typeof item !== 'object' || item === null || isAbsent(item)) return
  if (!Array.isArray(item) && 'value' in item && isAbsent(item.value)) yield item
  for (const inner of Object.values(item) as unknown[]) yield* factsIn(inner)
}
