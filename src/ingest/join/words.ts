/** Names of numbers for rows: where there is no name, the number says so itself. */
import { fileType, ipProtocol, netlinkProtocol, schedulingPolicy, socketState, socketType } from '../../criu/names.ts'

/** REG, INETSK, …; `TYPE-<n>` for a type that has no name. */
export function fdTypeName(type: number | undefined): string {
  return type === undefined ? 'UND' : (fileType(type) ?? `TYPE-${type}`)
}

export function socketTypeName(type: number | undefined, machine?: number): string {
  return type === undefined ? 'type not recorded' : (socketType(type, machine) ?? `type ${type}`)
}

export function ipProtocolName(protocol: number | undefined): string {
  return protocol === undefined ? 'protocol not recorded' : (ipProtocol(protocol) ?? `protocol ${protocol}`)
}

export function socketStateName(state: number): string {
  return socketState(state) ?? `state ${state}`
}

export function netlinkName(protocol: number | undefined): string {
  return protocol === undefined ? 'NETLINK' : `NETLINK_${netlinkProtocol(protocol) ?? protocol}`
}

export function policyName(policy: number): string {
  const name = schedulingPolicy(policy)
  return name === undefined ? `policy ${policy}` : `SCHED_${name}`
}
