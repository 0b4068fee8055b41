/** An address of a process that leads to its bytes. */
import type { ViewContext } from '../../app/context.ts'
import type { AddressCell } from '../../ui/cell.ts'

export function addressCell(ctx: ViewContext, pid: number, value: bigint, digits?: number): AddressCell {
  const href = ctx.href('hex', { kind: 'memory', space: { kind: 'process', pid }, address: value })
  return { kind: 'address', value, href, ...(digits === undefined ? {} : { digits }) }
}
