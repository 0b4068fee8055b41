/**
 * network.status of Podman: JSON null, or an object of networks, each with interfaces by name
 * (containers/common libnetwork/types StatusBlock). CRI-O notes the pod's addresses in annotations instead.
 */
import { isAbsent, absent, type Maybe } from '../model/absent.ts'
import type { NetworkInterface } from '../model/metadata.ts'
import type { AnnotationIndex } from './annotations.ts'
import type { Json } from './json.ts'

/** All interfaces of all networks, in the order of the file. */
export function readNetworkStatus(json: Json): Maybe<readonly NetworkInterface[]> {
  if (json.kind === 'null') return absent('not-recorded', 'Podman notes no network: the container had none of its own')
  const networks = json.members()
  if (isAbsent(networks)) return networks
  return networks.flatMap(({ key, value }) =>
    value
      .at('interfaces')
      .entries()
      .map((entry) => readInterface(key, entry.key, entry.value)),
  )
}

function readInterface(network: string, name: string, json: Json): NetworkInterface {
  const subnets = json.at('subnets').items()
  return {
    name,
    addresses: subnets.flatMap((subnet) => texts(subnet.at('ipnet'))),
    mac: json.at('mac_address').string(),
    gateways: subnets.flatMap((subnet) => texts(subnet.at('gateway'))),
    network,
    from: json.trace(),
  }
}

function texts(json: Json): string[] {
  const text = json.string()
  return isAbsent(text) || text === '' ? [] : [text]
}

/** The pod's addresses that CRI-O writes as io.kubernetes.cri-o.IP.0, .1, … */
export function readPodAddresses(annotations: AnnotationIndex): NetworkInterface[] {
  const hidden = absent('not-recorded', 'the network namespace belongs to the pod and is not in the checkpoint')
  return annotations.all.flatMap((item) => {
    if (!/^io\.kubernetes\.cri-o\.IP\.[0-9]+$/.test(item.key) || item.value === '') return []
    const network = 'address of the pod, as the engine noted it'
    return [{ name: hidden, addresses: [item.value], mac: hidden, gateways: [], network, from: item.from }]
  })
}
