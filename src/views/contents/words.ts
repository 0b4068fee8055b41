/** Words for what a member is and what became of it. */
import type { MemberOddity, MemberType } from '../../archive/member.ts'
import type { CheckpointMember, MemberKind } from '../../model/checkpoint.ts'
import type { Tone } from '../../ui/cell.ts'

export const KINDS: Record<MemberKind, string> = {
  'criu-image': 'CRIU image',
  pages: 'pages image',
  'raw-image': 'raw image',
  metadata: 'metadata',
  log: 'log',
  'rootfs-diff': 'rootfs diff',
  volume: 'volume',
  archive: 'archive',
  directory: 'directory',
  link: 'link',
  special: 'special file',
  unknown: 'unknown',
}

export const TYPES: Record<MemberType, string> = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  hardlink: 'hard link',
  'char-device': 'character device',
  'block-device': 'block device',
  fifo: 'fifo',
  socket: 'socket',
  other: 'other',
}

interface Word {
  readonly text: string
  readonly tone: Tone
  readonly title: string
}

export const READINGS: Record<CheckpointMember['reading'], Word> = {
  whole: { text: 'read', tone: 'neutral', title: 'Decoded as a whole' },
  partial: { text: 'in part', tone: 'warn', title: 'Some of it could not be decoded; the diagnostics say where' },
  failed: { text: 'failed', tone: 'bad', title: 'Could not be decoded; the diagnostics say why' },
  'on-demand': { text: 'on demand', tone: 'neutral', title: 'Read only when asked for' },
  'not-understood': { text: 'not understood', tone: 'info', title: 'Kept and shown as bytes' },
  stale: {
    text: 'stale',
    tone: 'warn',
    title: 'Belongs to no process of this checkpoint: left over from an earlier one',
  },
}

export const ODDITIES: Record<MemberOddity, Word> = {
  climbs: { text: 'climbs', tone: 'warn', title: 'The path holds .. and would leave the folder it is unpacked into' },
  absolute: { text: 'absolute', tone: 'warn', title: 'The path is absolute and would be written outside the folder' },
  duplicate: { text: 'duplicate', tone: 'info', title: 'Another member has the same name; the last one counts' },
  truncated: { text: 'cut off', tone: 'bad', title: 'The archive ends before the end of this member' },
  'bad-checksum': { text: 'bad checksum', tone: 'bad', title: 'The header’s checksum does not match it' },
  sparse: { text: 'sparse', tone: 'info', title: 'Holes are not stored; they read as zeros' },
}
