/** How well a checkpoint could be read, in words. */
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { CellValue } from '../../ui/cell.ts'
import { counted } from './format.ts'

export function healthCell(cp: Checkpoint): CellValue {
  if (cp.state === 'overview') return { kind: 'badge', text: 'being decoded', tone: 'neutral' }
  const errors = cp.diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = cp.diagnostics.filter(({ severity }) => severity === 'warning').length
  if (errors === 0 && warnings === 0) return { kind: 'badge', text: 'all read', tone: 'good' }
  const words = [errors > 0 ? counted(errors, 'error') : '', warnings > 0 ? counted(warnings, 'warning') : '']
  return { kind: 'badge', text: words.filter((word) => word !== '').join(', '), tone: errors > 0 ? 'bad' : 'warn' }
}
