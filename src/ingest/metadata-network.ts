/** Network interfaces, from whoever noted them: Podman, CRI-O, or the dumped network namespace itself. */
import { recordsOf } from '../criu/decode-image.ts'
import { absent, isAbsent, type Maybe } from '../model/absent.ts'
import type { Engine, NetworkInterface } from '../model/metadata.ts'
import type { AnnotationIndex } from '../oci/annotations.ts'
import type { Json } from '../oci/json.ts'
import { readNetworkStatus, readPodAddresses } from '../oci/network-status.ts'
import { originOf, type Evidence } from './evidence.ts'

/** All interfaces that are known; absent says why there are none. */
export async function readInterfaces(
  evidence: Evidence,
  engine: Engine,
  status: Json,
  annotations: AnnotationIndex,
): Promise<Maybe<readonly NetworkInterface[]>> {
  const noted = readNetworkStatus(status)
  const dumped = await readDumped(evidence)
  const known = isAbsent(noted) ? [] : noted
  const names = new Set(known.map((item) => item.name))
  const all = [...known, ...readPodAddresses(annotations), ...dumped.filter((item) => !names.has(item.name))]
  if (all.length > 0) return all
  if (isAbsent(noted) && noted.absent === 'unparsable') return noted
  if (engine === 'containerd')
    return absent('not-recorded', 'containerd records no address, and the network namespace belongs to the pod')
  return absent('not-recorded', 'neither the engine nor the dump has a network interface')
}

/** Devices of dumped network namespaces (netdev-<ns>.img). */
async function readDumped(evidence: Evidence): Promise<NetworkInterface[]> {
  const found: NetworkInterface[] = []
  for (const { member } of evidence.imagesOf('NETDEV')) {
    const image = await evidence.imageOf(member)
    for (const record of image ? recordsOf(image, 'net_device_entry') : []) {
      const { name, address } = record.value
      if (!image) continue
      found.push({
        name: name ?? absent('not-recorded', 'the device has no name in the image'),
        addresses: [],
        mac: address && address.length > 0 ? macText(address) : absent('not-recorded', 'the device has no address'),
        gateways: [],
        network: 'device of the dumped network namespace',
        from: { origin: originOf(image, record) },
      })
    }
  }
  return found
}

function macText(address: Uint8Array): string {
  return [...address.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}
