/** What is worth a line about an open file beyond its name, by type. */
import type { eventpoll_tfd_entry, inotify_wd_entry, tty_info_entry } from '../../criu/generated/types.ts'
import { clockName, epollEvents, inotifyEvents, lockKind, lockType, sealNames, signalSet } from '../../criu/names.ts'
import type { OpenFile } from '../../model/files.ts'
import type { FileContext, PipeData } from './file-context.ts'
import type { FileEntry } from './file-entries.ts'
import { SHARED_ANONYMOUS } from './file-names.ts'

type Detail = OpenFile['details'][number]

/** Watches, targets and marks listed one by one; further ones are counted. */
const LISTED = 256

function line(label: string, text: string | number | bigint | undefined, path?: string): Detail[] {
  if (text === undefined) return []
  return [path === undefined ? { label, text: String(text) } : { label, text: String(text), path }]
}

function listed<T>(items: readonly T[], show: (item: T, i: number) => Detail): Detail[] {
  const shown = items.slice(0, LISTED).map(show)
  const more = items.length - shown.length
  return more > 0 ? [...shown, { label: 'More', text: `${more} further ones` }] : shown
}

/** Facts in reading order. Paths lead from the record to the value. */
export function fileDetails(context: FileContext, entry: FileEntry): Detail[] {
  const { body } = entry
  const at = (field: string): string => (entry.path === undefined ? field : `${entry.path}.${field}`)
  switch (body.field) {
    case 'reg':
      return regDetails(body.value.build_id, body.value.ext, at)
    case 'pipe':
      return pipeDetails(context, entry.id, body.value.pipe_id, body.value.flags)
    case 'fifo':
      return queued(body.value.pipe_id === undefined ? undefined : context.fifoData.get(body.value.pipe_id))
    case 'efd':
      return line('Counter', body.value.counter, at('counter'))
    case 'epfd':
      return epollDetails([...body.value.tfd, ...(context.epollTargets.get(entry.id) ?? [])])
    case 'sgfd':
      return line(
        'Signals',
        body.value.sigmask === undefined ? undefined : signalSet(body.value.sigmask).join(', '),
        at('sigmask'),
      )
    case 'tfd':
      return timerDetails(body.value, at)
    case 'ify':
      return watchDetails([...body.value.wd, ...(context.watches.get(entry.id) ?? [])])
    case 'ffy':
      return listed([...body.value.mark, ...(context.marks.get(entry.id) ?? [])], (mark) => ({
        label: 'Mark',
        text: `mask 0x${(mark.mask ?? 0).toString(16)}${mark.me?.path === undefined ? '' : ` on ${mark.me.path}`}${mark.ie?.f_handle?.path === undefined ? '' : ` on ${mark.ie.f_handle.path}`}`,
      }))
    case 'tty':
      return ttyDetails(body.value.tty_info_id === undefined ? undefined : context.ttys.get(body.value.tty_info_id))
    case 'memfd':
      return memfdDetails(context, body.value.inode_id)
    case 'pidfd':
      return line('Process', body.value.nspid, at('nspid'))
    case 'tunf':
      return line('Network device', body.value.netdev, at('netdev'))
    case 'bpf':
      return [
        ...line('Map name', body.value.map_name, at('map_name')),
        ...line('Map type', body.value.map_type, at('map_type')),
        ...line('Entries at most', body.value.max_entries, at('max_entries')),
      ]
    default:
      return []
  }
}

function regDetails(buildId: readonly number[], ext: boolean | undefined, at: (field: string) => string): Detail[] {
  return [
    ...line('Build ID', buildId.length === 0 ? undefined : hexWords(buildId), at('build_id')),
    ...line('Kept by', ext === true ? 'a plugin of CRIU' : undefined, at('ext')),
  ]
}

/** Words hold four bytes each, lowest first (criu/files-reg.c). */
function hexWords(words: readonly number[]): string {
  return words
    .map((word) => [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, '0')).join(''))
    .join('')
}

const O_ACCMODE = 3

function pipeDetails(context: FileContext, id: number, pipe: number | undefined, flags: number | undefined): Detail[] {
  if (pipe === undefined) return []
  const end = ['read end', 'write end', 'both ends'][(flags ?? 0) & O_ACCMODE]
  const others = (context.pipeEnds.get(pipe) ?? []).filter((other) => other !== id)
  return [
    ...line('End', flags === undefined ? undefined : end),
    ...line(
      'Other ends',
      others.length === 0
        ? 'none in the checkpoint'
        : others
            .slice(0, LISTED)
            .map((other) => `file ${other}`)
            .join(', '),
    ),
    ...queued(context.pipeData.get(pipe)),
  ]
}

function queued(data: PipeData | undefined): Detail[] {
  if (!data) return [{ label: 'Bytes waiting', text: '0' }]
  return [...line('Bytes waiting', data.bytes), ...line('Capacity', data.capacity)]
}

function epollDetails(targets: readonly eventpoll_tfd_entry[]): Detail[] {
  return listed(targets, (target) => ({
    label: `Watches descriptor ${target.tfd ?? '?'}`,
    text: `${epollEvents(target.events ?? 0).join(' | ')}, data 0x${(target.data ?? 0n).toString(16)}`,
  }))
}

function watchDetails(watches: readonly inotify_wd_entry[]): Detail[] {
  return listed(watches, (watch) => {
    const path = watch.f_handle?.path
    const where = path ?? `inode ${watch.i_ino ?? '?'} on device ${deviceText(watch.s_dev)}`
    const events = watch.mask === undefined ? '' : `: ${inotifyEvents(watch.mask).join(' | ')}`
    return { label: `Watch ${watch.wd ?? '?'}`, text: where + events }
  })
}

/** Device numbers as the kernel has them inside: twelve bits major, twenty bits minor (linux/kdev_t.h). */
export function deviceText(device: number | undefined): string {
  return device === undefined ? '?' : `${device >>> 20}:${device & 0xfffff}`
}

interface TimerValue {
  readonly clockid: number | undefined
  readonly ticks: bigint | undefined
  readonly vsec: bigint | undefined
  readonly vnsec: bigint | undefined
  readonly isec: bigint | undefined
  readonly insec: bigint | undefined
  readonly settime_flags: number | undefined
}

/** Seconds and nanoseconds as decimal seconds. */
export function seconds(sec: bigint | undefined, nsec: bigint | undefined): string | undefined {
  if (sec === undefined) return undefined
  const fraction = (nsec ?? 0n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${sec}${fraction === '' ? '' : `.${fraction}`} s`
}

/** CLOCK_MONOTONIC, …; the number where it has no name. */
export function clockText(clock: number | undefined): string | undefined {
  if (clock === undefined) return undefined
  const name = clockName(clock)
  return name === undefined ? `clock ${clock}` : `CLOCK_${name}`
}

const TFD_TIMER_ABSTIME = 1

function timerDetails(timer: TimerValue, at: (field: string) => string): Detail[] {
  const kind =
    timer.settime_flags === undefined
      ? ''
      : (timer.settime_flags & TFD_TIMER_ABSTIME) !== 0
        ? ' (set as absolute time)'
        : ''
  return [
    ...line('Clock', clockText(timer.clockid), at('clockid')),
    ...line('Expires in', seconds(timer.vsec, timer.vnsec)?.concat(kind), at('vsec')),
    ...line('Interval', seconds(timer.isec, timer.insec), at('isec')),
    ...line('Expirations not read', timer.ticks, at('ticks')),
  ]
}

/** Terminal types of tty-info.img (CRIU images/tty.proto). */
const TTY_TYPES: Readonly<Record<number, string>> = {
  0: 'unknown',
  1: 'pseudo terminal',
  2: 'console',
  3: 'virtual terminal',
  4: 'controlling terminal',
  5: 'external terminal',
  6: 'serial line',
}

function ttyDetails(tty: tty_info_entry | undefined): Detail[] {
  if (!tty) return []
  const size = tty.winsize
  return [
    ...line('Terminal', tty.type === undefined ? undefined : (TTY_TYPES[tty.type] ?? `type ${tty.type}`)),
    ...line('Pseudo terminal', tty.pty?.index === undefined ? undefined : `/dev/pts/${tty.pty.index}`),
    ...line('Rows and columns', size ? `${size.ws_row ?? '?'} × ${size.ws_col ?? '?'}` : undefined),
    ...line('Session', tty.sid),
    ...line('Foreground process group', tty.pgrp),
    ...line('Device', tty.rdev === undefined ? undefined : userDeviceText(tty.rdev)),
    ...line('Locked', tty.locked === true ? 'yes' : undefined),
    ...line('Exclusive', tty.exclusive === true ? 'yes' : undefined),
    ...line('Packet mode', tty.packet_mode === true ? 'yes' : undefined),
  ]
}

/** Device numbers as stat gives them: old_encode of 16 bits, extended by both ends (linux/kdev_t.h, new_encode_dev). */
function userDeviceText(device: number): string {
  return `${(device >>> 8) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)}`
}

function memfdDetails(context: FileContext, inode: number | undefined): Detail[] {
  const memfd = inode === undefined ? undefined : context.memfds.get(inode)
  if (!memfd) return []
  return [
    ...line('Kind', memfd.name === SHARED_ANONYMOUS ? 'anonymous shared memory, or a memfd of that name' : 'memfd'),
    ...line('Seals', memfd.seals === undefined ? undefined : sealNames(memfd.seals).join(' | ') || 'none'),
    ...line('Shared memory object', memfd.shmid),
    ...line('Owner', memfd.uid === undefined ? undefined : `${memfd.uid}:${memfd.gid ?? '?'}`),
  ]
}

/** Locks held through a descriptor of a process. */
export function lockDetails(context: FileContext, pid: number, fd: number): Detail[] {
  const locks = context.locks.get(`${pid}:${fd}`) ?? []
  return locks.slice(0, LISTED).map((value) => {
    const kind = lockKind(value.flag ?? 0)?.toUpperCase() ?? `kind ${value.flag ?? '?'}`
    const type = lockType(value.type ?? 0) ?? 'unknown'
    const from = value.start ?? 0n
    const length = value.len ?? 0n
    const range = length === 0n ? `from byte ${from} to the end` : `${length} bytes from byte ${from}`
    return { label: 'Lock', text: `${kind} ${type}, ${range}, held by process ${pid}` }
  })
}
