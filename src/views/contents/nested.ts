/** Tars inside the archive: which members they are, and the columns of what is in them. */
import type { Member } from '../../archive/member.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, bytesCell, monoCell, octalMode, textCell, utcSeconds } from '../parts/format.ts'

const TAR_KINDS: readonly CheckpointMember['kind'][] = ['rootfs-diff', 'volume', 'archive']
const TAR_IMAGES: readonly (string | undefined)[] = ['TMPFS_IMG', 'TMPFS_DEV']

/** Whether a member is, by its place in the archive, a tar. Its bytes decide when it is opened. */
export function isTar(member: CheckpointMember): boolean {
  return TAR_KINDS.includes(member.kind) || TAR_IMAGES.includes(member.image)
}

const NOT_RECORDED = 'The inner archive does not record it.'

/** `ls -l` of the inner archive. */
export const nestedColumns: readonly Column<Member>[] = [
  {
    id: 'path',
    label: 'path',
    grow: true,
    width: 260,
    cell: ({ path, linkTarget }) => monoCell(linkTarget === undefined ? path : `${path} → ${linkTarget}`),
  },
  { id: 'type', label: 'type', width: 80, cell: ({ type }) => textCell(type) },
  {
    id: 'size',
    label: 'size',
    align: 'right',
    width: 90,
    cell: ({ type, size }) => (type === 'file' ? bytesCell(size) : absentCell('Only files have a size.')),
  },
  {
    id: 'mode',
    label: 'mode',
    width: 64,
    description: 'Permission bits, octal; 4000 is set-user-id',
    cell: ({ mode }) => (mode === undefined ? absentCell(NOT_RECORDED) : monoCell(octalMode(mode))),
  },
  {
    id: 'owner',
    label: 'uid:gid',
    width: 80,
    cell: ({ uid, gid }) =>
      uid === undefined || gid === undefined ? absentCell(NOT_RECORDED) : monoCell(`${uid}:${gid}`),
  },
  {
    id: 'modified',
    label: 'modified',
    width: 170,
    cell: ({ mtime }) => (mtime === undefined ? absentCell(NOT_RECORDED) : textCell(utcSeconds(mtime))),
  },
  {
    id: 'notes',
    label: 'notes',
    width: 130,
    cell: ({ oddities }) => textCell(oddities.join(', ')),
  },
]
