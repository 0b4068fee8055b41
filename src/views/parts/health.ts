/** How well a checkpoint could be read, in words. */
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { CellValue } from '../../ui/cell.ts'
import { counted } from './format.ts'

export function healthCell(cp: Checkpoint): CellValue {
  if (cp.state === 'overview') return { kind: 'badge', text: 'being decoded', tone: 'neutral' }
  const errors = cp.diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = cp.diagnostics.filter(({ severity }) => severity === 'warning').length
  if (errors === 0 && warnings === 0) return { kind: 'badge', text: 'all read', tone: 'good' }
  if (errors === 0) return { kind: 'badge', text: counted(warnings, 'warning'), tone: 'warn' }
  const shown = counted(errors, 'error')
  if (warnings === 0) return { kind: 'badge', text: shown, tone: 'bad' }
  return { kind: 'badge', text: `${shown}, ${counted(warnings, 'warning')}`, shown, tone: 'bad' }
}
