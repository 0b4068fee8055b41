/** Networks of `checkpointctl inspect`: those of Podman's network.status. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { notedInterfaces } from './identity-text.ts'
import type { JsonObject } from './json-shape.ts'

/** checkpointctl shows the first address and gateway of an interface; all of them are listed here. */
export function networks(checkpoint: Checkpoint): JsonObject[] {
  const byNetwork = new Map<string, [string, JsonObject][]>()
  for (const item of notedInterfaces(checkpoint)) {
    // Addresses from annotations have no interface; they are only in `ip`.
    if (isAbsent(item.name)) continue
    const network = present(item.network) ?? ''
    const interfaces = byNetwork.get(network) ?? []
    const mac = present(item.mac) ?? ''
    const gateway = item.gateways.join(', ')
    const fields = [
      ['ip', item.addresses.join(', ')],
      ['mac', mac],
      ['gateway', gateway],
    ].filter(([, value]) => value !== '')
    interfaces.push([item.name, Object.fromEntries(fields) as JsonObject])
    byNetwork.set(network, interfaces)
  }
  return [...byNetwork].map(([name, interfaces]) => ({ name, interfaces: Object.fromEntries(interfaces) }))
}
