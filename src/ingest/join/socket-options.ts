/** Options of sockets that are set, by the names that setsockopt(2) knows. */
import type { ip_opts_entry, sk_opts_entry, tcp_opts_entry } from '../../criu/generated/types.ts'
import type { Socket } from '../../model/files.ts'
import { seconds } from './file-details.ts'

type Option = Socket['options'][number]

function on(name: string, value: boolean | number | undefined): Option[] {
  return value === true || (typeof value === 'number' && value !== 0) ? [{ name, value: 'on' }] : []
}

function value(name: string, number: number | string | undefined, usual?: number): Option[] {
  return number === undefined || number === '' || number === usual ? [] : [{ name, value: String(number) }]
}

function timeout(name: string, sec: bigint | undefined, usec: bigint | undefined): Option[] {
  if ((sec ?? 0n) === 0n && (usec ?? 0n) === 0n) return []
  const text = seconds(sec ?? 0n, (usec ?? 0n) * 1000n)
  return text === undefined ? [] : [{ name, value: text }]
}

/** Size of one BPF instruction, as so_filter counts them. */
function filter(program: readonly bigint[]): Option[] {
  return program.length === 0 ? [] : [{ name: 'SO_ATTACH_FILTER', value: `${program.length} BPF instructions` }]
}

/** Socket level options other than the defaults. */
export function socketOptions(opts: sk_opts_entry | undefined): Option[] {
  if (!opts) return []
  return [
    ...on('SO_REUSEADDR', opts.reuseaddr),
    ...on('SO_REUSEPORT', opts.so_reuseport),
    ...on('SO_KEEPALIVE', opts.so_keepalive),
    ...on('SO_BROADCAST', opts.so_broadcast),
    ...on('SO_DONTROUTE', opts.so_dontroute),
    ...on('SO_NO_CHECK', opts.so_no_check),
    ...on('SO_PASSCRED', opts.so_passcred),
    ...on('SO_PASSSEC', opts.so_passsec),
    ...on('SO_OOBINLINE', opts.so_oobinline),
    ...value('SO_LINGER', opts.so_linger),
    ...value('SO_PRIORITY', opts.so_priority, 0),
    ...value('SO_RCVLOWAT', opts.so_rcvlowat, 1),
    ...value('SO_MARK', opts.so_mark, 0),
    ...value('SO_BINDTODEVICE', opts.so_bound_dev),
    ...timeout('SO_SNDTIMEO', opts.so_snd_tmo_sec, opts.so_snd_tmo_usec),
    ...timeout('SO_RCVTIMEO', opts.so_rcv_tmo_sec, opts.so_rcv_tmo_usec),
    ...filter(opts.so_filter),
  ]
}

/** Times that Linux uses when a socket does not set its own. */
const KEEPALIVE = { count: 9, idle: 7200, interval: 75 } as const

export function tcpOptions(tcp: tcp_opts_entry | undefined, sock: sk_opts_entry | undefined): Option[] {
  return [
    ...on('TCP_NODELAY', tcp?.nodelay),
    ...on('TCP_CORK', tcp?.cork),
    ...value('TCP_KEEPCNT', tcp?.keepcnt ?? sock?.tcp_keepcnt, KEEPALIVE.count),
    ...value('TCP_KEEPIDLE', tcp?.keepidle ?? sock?.tcp_keepidle, KEEPALIVE.idle),
    ...value('TCP_KEEPINTVL', tcp?.keepintvl ?? sock?.tcp_keepintvl, KEEPALIVE.interval),
  ]
}

/** TTL that Linux uses when a socket does not set its own. */
const TTL = 64

export function ipOptions(ip: ip_opts_entry | undefined): Option[] {
  return [
    ...on('IP_FREEBIND', ip?.freebind),
    ...on('IP_PKTINFO', ip?.pktinfo),
    ...value('IP_TOS', ip?.tos, 0),
    ...value('IP_TTL', ip?.ttl, TTL),
    ...on('IP_HDRINCL', ip?.raw?.hdrincl),
    ...on('IP_NODEFRAG', ip?.raw?.nodefrag),
    ...on('IPV6_CHECKSUM', ip?.raw?.checksum),
  ]
}

/** shutdown(2) directions (CRIU images/sk-inet.proto, enum sk_shutdown). */
const SHUTDOWN: Readonly<Record<number, string>> = { 1: 'reading', 2: 'writing', 3: 'reading and writing' }

export function shutdownOption(shutdown: number | undefined): Option[] {
  if (shutdown === undefined || shutdown === 0) return []
  return [{ name: 'shutdown', value: SHUTDOWN[shutdown] ?? String(shutdown) }]
}
