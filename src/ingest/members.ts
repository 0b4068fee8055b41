/** Finds and reads the engine's files in opened evidence. */
import { limits } from '../base/limits.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { Origin } from '../model/origin.ts'
import { noJson, parseJson, type Json } from '../oci/json.ts'
import { metadataDirs } from './classify.ts'
import type { Evidence } from './evidence.ts'

/** The file of that name: at the top, beside the image folder, or in it. */
export function findMetadata(evidence: Evidence, name: string): CheckpointMember | undefined {
  for (const dir of metadataDirs(evidence.imageDir)) {
    const member = evidence.member(dir + name)
    if (member?.type === 'file') return member
  }
  return undefined
}

/** The whole body of a member. */
export function originOfMember(member: CheckpointMember): Origin {
  return { member: member.index, offset: 0, length: member.size }
}

/** Files that engines write as one JSON object. */
const OBJECTS: ReadonlySet<string> = new Set(['config.dump', 'spec.dump', 'config.json', 'status', 'status.dump'])

/** A JSON file, parsed; its defects are diagnosed. A file that is not there has no values. */
export async function readJson(evidence: Evidence, name: string): Promise<Json> {
  const member = findMetadata(evidence, name)
  const bytes = member && (await evidence.body(member, limits.jsonMember))
  if (!bytes) return noJson(name)
  const json = parseJson(bytes, { member: member.index, size: bytes.length, name }, (diagnostic) => {
    evidence.diagnose(diagnostic)
  })
  if (OBJECTS.has(name) && json.kind !== 'object')
    evidence.diagnose({
      severity: 'warning',
      code: 'metadata-shape',
      message: `${member.path} holds ${json.kind === undefined ? 'no JSON value' : `a JSON ${json.kind}`} where an object is expected: nothing in it is understood.`,
      origin: originOfMember(member),
      subject: { kind: 'member', index: member.index },
    })
  return json
}
