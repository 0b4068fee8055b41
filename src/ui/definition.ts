/** A labelled value of a detail pane. */
import type { CellValue } from './cell.ts'

export interface Definition {
  readonly label: string
  readonly value: CellValue
  /** What the label means, on hover. */
  readonly description?: string
  /** In-app link to where the value comes from; starts with `#`. */
  readonly source?: { readonly href: string; readonly label: string } | undefined
}
