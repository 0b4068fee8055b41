/** Addresses and extents of memory as cells. */
import type { ViewContext } from '../../app/context.ts'
import type { Vma } from '../../model/process.ts'
import type { AddressCell, CellValue } from '../../ui/cell.ts'
import { absentCell, bytesCell } from './format.ts'

/** An address of a process that leads to its bytes. */
export function addressCell(ctx: ViewContext, pid: number, value: bigint, digits?: number): AddressCell {
  const href = ctx.href('hex', { kind: 'memory', space: { kind: 'process', pid }, address: value })
  return { kind: 'address', value, href, ...(digits === undefined ? {} : { digits }) }
}

/** Bytes of address space that a mapping takes. */
export function extentCell({ start, end }: Vma): CellValue {
  return end > start ? bytesCell(end - start) : absentCell('The mapping does not end behind its start: it is damaged.')
}
